"""What an organisation did day by day, in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from query_api.errors import InvalidRequestError
from query_api.reports.table import Column, Table

DAYS = 30
"""Shown where nobody says since when."""
MAX_DAYS = 400
"""A year, and the month before to compare it with."""

DAILY = Table(
    name="org-days",
    columns=(
        Column("day", "date", "d.day", "In UTC."),
        Column("people", "integer", "coalesce(a.people, 0)", "Who began a session on the day."),
        Column("sessions", "integer", "coalesce(a.sessions, 0)", "Begun on the day."),
        Column(
            "watchTimeSeconds",
            "seconds",
            "coalesce(a.wall_ms, 0)",
            "Wall-clock time spent playing in sessions begun on the day.",
        ),
        Column("started", "integer", "coalesce(a.started, 0)", "Items begun for the first time."),
        Column("completed", "integer", "coalesce(a.completed, 0)", "Items completed."),
    ),
    source="""
        generate_series(%(from)s::date::timestamp, %(to)s::date::timestamp, interval '1 day') AS g (midnight)
        CROSS JOIN LATERAL (SELECT g.midnight::date) AS d (day)
        LEFT JOIN (
            SELECT
                day, sum(people) AS people, sum(sessions) AS sessions, sum(wall_ms) AS wall_ms,
                sum(started) AS started, sum(completed) AS completed
            FROM progress.daily_activity
            WHERE tenant_id = %(tenant)s AND day BETWEEN %(from)s AND %(to)s
            GROUP BY day
        ) AS a USING (day)
    """,
    key=("day",),
    order="day",
)
"""One row a day, those on which nothing happened included."""


@dataclass(frozen=True, slots=True)
class Window:
    """Days in a row, the last one included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.last - self.first).days + 1


def window(since: date | None, until: date | None, today: date) -> Window:
    """The days that somebody asks for: until today, and `DAYS` of them, where they do not say.

    Raises:
        InvalidRequestError: `to` lies before `from`, or the time between is too long.
    """
    last = until or today
    first = since or date.fromordinal(max(1, last.toordinal() - DAYS + 1))
    asked = Window(first, last)
    if asked.days < 1:
        raise InvalidRequestError("to", "lies before `from`, so there is no day between")
    if asked.days > MAX_DAYS:
        raise InvalidRequestError("from", f"{MAX_DAYS} days at most, up to `to`")
    return asked
