"""Rows of an organisation whose times, percentages and partitions all differ."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import psycopg

from playhead.progress import TenantId
from tests.query_api.reports.counters import recount
from tests.query_api.reports.crowd import crowd
from tests.query_api.world import World


def uneven(world: World, tenant: TenantId, *, people: int, items: int) -> None:
    """Insert a crowd whose rows began and ended at various times, counted in scattered shards."""
    crowd(world, tenant, people=people, items=items, team_size=10)
    with psycopg.connect(world.database.admin_dsn) as connection:
        for statement in _UNEVEN.split(";"):
            connection.execute(statement.encode(), {"tenant": tenant})
    recount(world)
    with psycopg.connect(world.database.admin_dsn) as connection:
        for statement in _SCATTER.split(";"):
            connection.execute(statement.encode())


def asked(world: World, query: str, **values: Any) -> list[dict[str, Any]]:
    """Return the rows of a query, as a role that bypasses row-level security."""
    with psycopg.connect(world.database.admin_dsn) as connection:
        cursor = connection.execute(query.encode(), values)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def watch_ms(world: World, tenant: TenantId) -> Counter[tuple[str, date]]:
    """Return the watch time of each person on each day (UTC), of the sessions.

    Each is spread evenly, and a person's quarter of an hour holds at most a quarter of an hour.
    """
    quarters: Counter[tuple[str, int]] = Counter()
    for session in asked(world, _SESSIONS, tenant=tenant):
        begun, ended, wall = session["begun"], session["ended"], session["wall_ms"]
        counted = 0
        for quarter in range(begun // _QUARTER_MS, -(-ended // _QUARTER_MS)):
            until = wall * (min(ended, (quarter + 1) * _QUARTER_MS) - begun) // (ended - begun)
            quarters[session["person"], quarter] += until - counted
            counted = until
    days: Counter[tuple[str, date]] = Counter()
    for (person, quarter), wall in quarters.items():
        day = datetime.fromtimestamp(quarter * _QUARTER_MS / 1000, UTC).date()
        days[person, day] += min(wall, _QUARTER_MS)
    return +days


_QUARTER_MS = 900_000
_SESSIONS = """
SELECT
    user_id::text AS person, wall_ms, (extract(epoch FROM started_at) * 1000)::bigint AS begun,
    (extract(epoch FROM last_at) * 1000)::bigint AS ended
FROM progress.sessions WHERE tenant_id = %(tenant)s
"""
_UNEVEN = """
CREATE FUNCTION pg_temp.chance(id uuid, salt int) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN (hashtextextended(id::text, salt) & 1048575) / 1048576.0;
UPDATE progress.user_progress SET
    progress_percentage = CASE
        WHEN pg_temp.chance(id, 7) < 0.1 THEN 0 ELSE (100 * pg_temp.chance(id, 7))::int
    END,
    status = CASE
        WHEN pg_temp.chance(id, 7) < 0.1 THEN 'not_started'
        WHEN pg_temp.chance(id, 7) < 0.6 THEN 'in_progress'
        ELSE 'completed'
    END
WHERE tenant_id = %(tenant)s;
UPDATE progress.user_progress SET
    started_at = CASE
        WHEN status <> 'not_started'
        THEN date_trunc('second', now()) - make_interval(mins => (90000 * pg_temp.chance(id, 1))::int)
    END,
    wall_ms = CASE
        WHEN status = 'not_started' THEN 0 ELSE (wall_ms * (1 + pg_temp.chance(id, 2)))::bigint
    END,
    coverage = CASE WHEN status = 'not_started' THEN 0 ELSE (coverage * pg_temp.chance(id, 3))::int END,
    slices = CASE WHEN status = 'not_started' THEN 0 ELSE (1048575 * pg_temp.chance(id, 4))::int END
WHERE tenant_id = %(tenant)s;
UPDATE progress.user_progress SET
    last_viewed_at = started_at + make_interval(
        secs => ceil(wall_ms / 1000.0 + 60000 * pg_temp.chance(id, 5)) + 1
    ),
    completed_at = CASE
        WHEN status = 'completed'
        THEN started_at + make_interval(secs => power(2, 30 * pg_temp.chance(id, 6)) / 100)
    END
WHERE tenant_id = %(tenant)s;
INSERT INTO progress.sessions (tenant_id, user_id, started_at, content_id, session_key, last_at, watched,
    pages, watch_ms, wall_ms, content_ms, ended)
SELECT tenant_id, user_id, started_at, content_id, id::text, last_viewed_at, '{}', '{}', 0, wall_ms, 0, false
FROM progress.user_progress WHERE started_at IS NOT NULL AND tenant_id = %(tenant)s
"""
"""One session of each row, which is as long as its watch time at least."""
_SCATTER = """
INSERT INTO progress.daily_activity
SELECT tenant_id, day, 1, 2, 3, 5000, 7, 11 FROM progress.daily_activity;
UPDATE progress.daily_activity SET
    people = people - 2, sessions = sessions - 3, wall_ms = wall_ms - 5000, started = started - 7,
    completed = completed - 11
WHERE shard = 0;
INSERT INTO progress.content_summary
SELECT DISTINCT tenant_id, content_id, -1, 5, 4, 3, 2, 1, 60000 FROM progress.content_summary;
UPDATE progress.content_summary SET
    people = people - 5, started = started - 4, completed = completed - 3,
    percentage_sum = percentage_sum - 2, coverage_sum = coverage_sum - 1, wall_ms = wall_ms - 60000
WHERE shard = 0
"""
"""Moves a part of every counter to another shard, in which it may then be less than nothing."""
