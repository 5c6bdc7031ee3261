"""An organisation in numbers, in total and by day, from counters.

The cost depends on the number of people plus that of items, not on their product.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from playhead.progress.identifiers import TenantId
from playhead.resources import read_text
from query_api.errors import InvalidRequestError
from query_api.reports.cells import percent
from query_api.reports.models import DayFigures, OrganisationProgress
from query_api.reports.reader import Reports, earliest
from query_api.reports.table import Column, Table

_HOUR_MS = 3_600_000
TOTALS = read_text("query_api.reports", "organisation_totals.sql")
DAYS = 30
"""The default length of a window."""
MAX_DAYS = 400
"""A year and a month, to compare a month with the same one of the year before."""

DAILY = Table(
    name="org-days",
    columns=(
        Column("day", "date", "d.day", "Of the organisation's time zone."),
        Column("people", "integer", "coalesce(a.people, 0)", "Who began a session or spent time on the day."),
        Column("sessions", "integer", "coalesce(a.sessions, 0)", "Begun on the day."),
        Column(
            "watchTimeSeconds",
            "seconds",
            "coalesce(a.wall_ms, 0)",
            "Wall-clock time spent on the day; of each person at most 15 minutes in a quarter of an hour.",
        ),
        Column("started", "integer", "coalesce(a.started, 0)", "Items begun for the first time."),
        Column("completed", "integer", "coalesce(a.completed, 0)", "Items completed."),
    ),
    source=read_text("query_api.reports", "daily.sql"),
    key=("day",),
    order="day",
)
"""One row for each day of the organisation's time zone, days without activity included."""


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive days, the last one included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1


def window(since: date | None, until: date | None, today: date) -> Window:
    """Return the requested days; by default `DAYS` of them, until today.

    Raises:
        InvalidRequestError: `to` lies before `from`, or the time between is too long.
    """
    last = until or today
    first = since or date.fromordinal(max(1, last.toordinal() - DAYS + 1))
    found = Window(first, last)
    if found.days < 1:
        raise InvalidRequestError("to", "lies before `from`, so there is no day between")
    if found.days > MAX_DAYS:
        raise InvalidRequestError("from", f"{MAX_DAYS} days at most, up to `to`")
    return found


def daily_values(tenant: TenantId, days: Window) -> dict[str, Any]:
    """Return the parameters of `DAILY`."""
    return {"tenant": tenant, "from": days.first, "to": days.last}


async def organisation_progress(
    reports: Reports, tenant: TenantId, now: datetime, days: Window
) -> OrganisationProgress:
    """Read the figures at `now`, with those of the given days.

    Raises:
        UnavailableError: PostgreSQL does not respond.
    """
    behind = await reports.behind_since(tenant)
    [totals] = await reports.fetch(tenant, TOTALS, {"tenant": tenant, "now": now})
    directory, known, week, month, progress, former, waiting, zone, *items = totals
    started, completed, percentages, wall_ms = items
    request = DAILY.request(daily_values(tenant, days))
    page = await reports.page(tenant, request, None, days.days)
    return OrganisationProgress(
        people=directory,
        people_with_progress=known,
        active7_days=week,
        active30_days=month,
        former=former,
        progress=None if progress is None else round(float(progress), 2),
        as_of=earliest(waiting, behind),
        started=int(started),
        completed_of_started=int(completed),
        completion_rate_of_started=percent(int(completed), int(started)),
        progress_of_started=None if not started else round(float(percentages) / int(started), 2),
        watch_hours=round(int(wall_ms) / _HOUR_MS, 2),
        time_zone=zone,
        days=msgspec.convert(page.rows, list[DayFigures]),
    )
