"""Which months of `sessions` there must be. Pure: the day is passed in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from playhead.progress.identifiers import DAY_MS, Instant

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


def months_of(starts: Iterable[Instant], today: date) -> tuple[set[date], int]:
    """The months in which sessions started, and how many starts lie outside any plausible one."""
    days = _count_by_day(starts)
    first, last = EARLIEST.toordinal(), month_after(month_after(month_of(today))).toordinal()
    epoch = date(1970, 1, 1).toordinal()
    plausible = {epoch + day for day in days if first <= epoch + day < last}
    strays = sum(count for day, count in days.items() if epoch + day not in plausible)
    return {month_of(date.fromordinal(ordinal)) for ordinal in plausible}, strays


def today() -> date:
    """The day in UTC, as the partitions have it."""
    return datetime.now(UTC).date()


def _count_by_day(starts: Iterable[Instant]) -> dict[int, int]:
    days: dict[int, int] = {}
    for start in starts:
        day = start // DAY_MS
        days[day] = days.get(day, 0) + 1
    return days
