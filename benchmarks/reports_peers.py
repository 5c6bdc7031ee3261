"""Peers for the same figures: counting rows at each request, and refreshing a materialized view."""

from __future__ import annotations

import time
from statistics import median
from typing import Any
from uuid import UUID

import psycopg

_Connection = psycopg.Connection[tuple[Any, ...]]

TOTALS = """
SELECT
    (SELECT count(*) FROM progress.people WHERE tenant_id = %(tenant)s),
    count(DISTINCT user_id),
    count(DISTINCT user_id) FILTER (WHERE last_viewed_at >= %(now)s::timestamptz - interval '168 hours'),
    count(DISTINCT user_id) FILTER (WHERE last_viewed_at >= %(now)s::timestamptz - interval '720 hours'),
    count(*) FILTER (WHERE status <> 'not_started'), count(*) FILTER (WHERE status = 'completed'),
    avg(progress_percentage), sum(wall_ms)
FROM progress.user_progress WHERE tenant_id = %(tenant)s
"""
DAYS = """
SELECT day, sum(people), sum(sessions), sum(wall_ms), sum(started), sum(completed)
FROM (
    SELECT
        (started_at AT TIME ZONE 'UTC')::date AS day, count(DISTINCT user_id) AS people, count(*) AS sessions,
        sum(wall_ms) AS wall_ms, 0 AS started, 0 AS completed
    FROM progress.sessions
    WHERE tenant_id = %(tenant)s AND started_at >= %(now)s::timestamptz - interval '30 days' GROUP BY 1
    UNION ALL
    SELECT (started_at AT TIME ZONE 'UTC')::date, 0, 0, 0, count(*), 0 FROM progress.user_progress
    WHERE tenant_id = %(tenant)s AND started_at >= %(now)s::timestamptz - interval '30 days' GROUP BY 1
    UNION ALL
    SELECT (completed_at AT TIME ZONE 'UTC')::date, 0, 0, 0, 0, count(*) FROM progress.user_progress
    WHERE tenant_id = %(tenant)s AND completed_at >= %(now)s::timestamptz - interval '30 days' GROUP BY 1
) AS counted
GROUP BY day ORDER BY day
"""
ITEMS = """
SELECT
    content_id, title, type, count(*) AS people, count(*) FILTER (WHERE status <> 'not_started') AS started,
    count(*) FILTER (WHERE status = 'completed') AS completed, avg(progress_percentage), avg(coverage),
    percentile_disc(0.5) WITHIN GROUP (ORDER BY took_ms), sum(wall_ms)
FROM progress.user_progress LEFT JOIN progress.content_items USING (tenant_id, content_id)
WHERE tenant_id = %(tenant)s
GROUP BY content_id, title, type ORDER BY started DESC LIMIT 100
"""
_VIEW = b"""
CREATE MATERIALIZED VIEW bench_summary AS
SELECT
    tenant_id, user_id, count(*) AS total_items,
    count(*) FILTER (WHERE status = 'completed') AS completed_items,
    avg(progress_percentage) AS avg_progress, sum(wall_ms) AS wall_ms, max(last_viewed_at) AS last_activity
FROM progress.user_progress GROUP BY tenant_id, user_id
"""


def by_group(connection: _Connection, tenant: UUID, now: object, calls: int) -> dict[str, dict[str, float]]:
    """The organisation, its days and its items, each time from the rows; in ms."""
    values = {"tenant": tenant, "now": now}
    asked = {"organisation": (TOTALS, DAYS), "items, most begun first": (ITEMS,)}
    return {name: _timed(connection, queries, values, calls) for name, queries in asked.items()}


def by_view(connection: _Connection) -> dict[str, dict[str, float]]:
    """A materialized view of all people of all tenants, as it must be refreshed to be right again; in ms."""
    connection.execute(_VIEW)
    refreshed = {
        "materialized view, refreshed": _timed(
            connection, ("REFRESH MATERIALIZED VIEW bench_summary",), {}, 1
        )
    }
    connection.execute(b"DROP MATERIALIZED VIEW bench_summary")
    return refreshed


def _timed(
    connection: _Connection, queries: tuple[str, ...], values: dict[str, object], calls: int
) -> dict[str, float]:
    took = []
    for _ in range(calls):
        began = time.perf_counter()
        for query in queries:
            connection.execute(query.encode(), values or None)
        took.append((time.perf_counter() - began) * 1000)
    return {"median_ms": round(median(took), 1), "most_ms": round(max(took), 1)}
