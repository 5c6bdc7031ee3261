"""An organisation in numbers, from counters: it costs what its people and items are, not their product."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from playhead.progress.identifiers import TenantId
from query_api.postgres import Connection, Database
from query_api.reports.daily import DAILY, Window
from query_api.reports.models import DayFigures, OrganisationProgress
from query_api.reports.organisation_share import percent
from query_api.reports.reader import Reports

_HOUR_MS = 3_600_000
TOTALS = """
    SELECT *
    FROM
        (SELECT count(*) FROM progress.people WHERE tenant_id = %(tenant)s) AS directory,
        (
            SELECT
                count(*) FILTER (WHERE total_items > 0),
                count(*) FILTER (WHERE last_viewed_at >= %(now)s::timestamptz - interval '168 hours'),
                count(*) FILTER (WHERE last_viewed_at >= %(now)s::timestamptz - interval '720 hours')
            FROM progress.user_summary WHERE tenant_id = %(tenant)s
        ) AS people,
        (
            SELECT
                coalesce(sum(people), 0), coalesce(sum(started), 0), coalesce(sum(completed), 0),
                coalesce(sum(percentage_sum), 0), coalesce(sum(wall_ms), 0)
            FROM progress.content_summary WHERE tenant_id = %(tenant)s
        ) AS items
"""
"""Hours, since a day of Postgres' is 23 or 25 of them where the session's time zone has it so."""


async def organisation_progress(
    database: Database, tenant: TenantId, now: datetime, days: Window
) -> OrganisationProgress:
    """The figures at `now`, with the days asked for.

    Raises:
        UnavailableError: Postgres is away.
    """

    async def ask(connection: Connection) -> Sequence[Any]:
        row = await (await connection.execute(TOTALS.encode(), {"tenant": tenant, "now": now})).fetchone()
        if row is None:
            raise LookupError("aggregates without groups returned nothing")
        return row

    directory, known, week, month, opened, started, completed, percentages, wall_ms = await database.within(
        tenant, ask
    )
    return OrganisationProgress(
        people=directory,
        people_with_progress=known,
        active7_days=week,
        active30_days=month,
        started=int(started),
        completed=int(completed),
        completion_rate=percent(int(completed), int(started)),
        average_progress=None if not opened else round(float(percentages) / int(opened), 2),
        watch_hours=round(int(wall_ms) / _HOUR_MS, 2),
        days=await _days(database, tenant, days),
    )


async def _days(database: Database, tenant: TenantId, days: Window) -> list[DayFigures]:
    """As the table of days has them."""
    request = DAILY.request(daily_values(tenant, days))
    page = await Reports(database).page(tenant, request, None, days.days)
    return msgspec.convert(page.rows, list[DayFigures])


def daily_values(tenant: TenantId, days: Window) -> dict[str, Any]:
    """What `DAILY` asks for."""
    return {"tenant": tenant, "from": days.first, "to": days.last}
