"""The monthly partitions of `sessions` that have to exist. Pure, except `today`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime

_EPOCH = date(1970, 1, 1).toordinal()
EARLIEST = date(2020, 1, 1)
"""A session that claims to have begun before it comes from a wrong clock: no partition is created for it."""


def month_of(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def month_after(month: date) -> date:
    """The first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months_ahead(today: date) -> list[date]:
    """This month and the next, which are created ahead, so that none has to be in the night it begins."""
    month = month_of(today)
    return [month, month_after(month)]


def months_of(days: Collection[int], today: date) -> tuple[set[date], set[int]]:
    """The months of these days since 1970, and those of the days that are implausible."""
    first, last = EARLIEST.toordinal(), month_after(month_after(month_of(today))).toordinal()
    implausible = {day for day in days if not first <= _EPOCH + day < last}
    return {month_of(date.fromordinal(_EPOCH + day)) for day in days if day not in implausible}, implausible


def today() -> date:
    """The day in UTC, by which the partitions are divided."""
    return datetime.now(UTC).date()
