"""Which months of `sessions` there must be. Pure: the day is passed in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime

_EPOCH = date(1970, 1, 1).toordinal()
EARLIEST = date(2020, 1, 1)
"""No session is made a month for that claims to have begun before there was any; its clock is wrong."""


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def month_after(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def made_ahead(today: date) -> list[date]:
    """The months that are made before anybody needs them: the night they begin is no time to make one."""
    month = month_of(today)
    return [month, month_after(month)]


def months_of(days: Collection[int], today: date) -> tuple[set[date], set[int]]:
    """The months of these days since 1970; and those of the days that are at no plausible time."""
    first, last = EARLIEST.toordinal(), month_after(month_after(month_of(today))).toordinal()
    strays = {day for day in days if not first <= _EPOCH + day < last}
    return {month_of(date.fromordinal(_EPOCH + day)) for day in days if day not in strays}, strays


def today() -> date:
    """The day in UTC, as the partitions have it."""
    return datetime.now(UTC).date()
