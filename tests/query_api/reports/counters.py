"""The counters that the sink keeps, computed from the rows."""

from __future__ import annotations

import psycopg

from playhead.curriculum.statements import REFRESH
from tests.query_api.world import World


def recount(world: World) -> None:
    """Compute all counters from the rows, and what is required of each person from the directory."""
    with psycopg.connect(world.database.admin_dsn) as connection:
        connection.execute(_RECOUNT.encode())
    refresh(world)


def refresh(world: World) -> None:
    """Compute what is required of each person, and what is counted by it."""
    with psycopg.connect(world.database.admin_dsn) as connection:
        for statement in _DATED_BY_ASSIGNMENT.split(";"):
            connection.execute(statement.encode())
        for tenant, people in connection.execute(_PEOPLE).fetchall():
            for statement in REFRESH:
                connection.execute(statement.encode(), {"tenant": tenant, "people": people})
        connection.execute("DELETE FROM progress.requirement_changes")
        for statement in _RECOUNT_REQUIRED.split(";"):
            connection.execute(statement.encode())


_DATED_BY_ASSIGNMENT = """
DELETE FROM progress.requirements;
INSERT INTO progress.requirement_changes (tenant_id, user_id, at_migration)
SELECT tenant_id, user_id, true FROM progress.people
UNION ALL SELECT tenant_id, user_id, true FROM progress.user_progress
"""
_PEOPLE = """
SELECT tenant_id::text, array_agg(DISTINCT user_id) FROM (
    SELECT tenant_id, user_id FROM progress.people
    UNION ALL SELECT tenant_id, user_id FROM progress.user_progress
    UNION ALL SELECT tenant_id, user_id FROM progress.former_people
) AS everyone GROUP BY tenant_id
"""

_RECOUNT_REQUIRED = """
DELETE FROM progress.content_summary WHERE shard = -3;
INSERT INTO progress.content_summary (
    tenant_id, content_id, shard, people, started, completed, percentage_sum, coverage_sum, wall_ms,
    assigned, required_started, required_completed,
    former_started, former_completed, former_percentage_sum, former_coverage_sum
)
SELECT
    tenant_id, content_id, -3, 0, 0, 0, 0, 0, 0,
    count(q.user_id), count(*) FILTER (WHERE q.user_id IS NOT NULL AND status <> 'not_started'),
    count(*) FILTER (WHERE q.user_id IS NOT NULL AND status = 'completed'),
    count(*) FILTER (WHERE former AND status <> 'not_started'),
    count(*) FILTER (WHERE former AND status = 'completed'),
    coalesce(sum(progress_percentage) FILTER (WHERE former), 0),
    coalesce(sum(coverage) FILTER (WHERE former), 0)
FROM progress.requirements AS q FULL JOIN progress.user_progress AS p USING (tenant_id, user_id, content_id)
GROUP BY tenant_id, content_id
"""
"""What requirements and former people add, whatever was counted of them before."""

_RECOUNT = """
TRUNCATE progress.user_summary, progress.content_summary, progress.content_slices, progress.content_times,
    progress.person_days, progress.person_quarters, progress.daily_activity;
INSERT INTO progress.user_summary (
    tenant_id, user_id, total_items, completed_items, in_progress_items, percentage_sum, content_ms, wall_ms,
    last_viewed_at
)
SELECT
    tenant_id, user_id, count(*), count(*) FILTER (WHERE status = 'completed'),
    count(*) FILTER (WHERE status = 'in_progress'), sum(progress_percentage), sum(content_ms), sum(wall_ms),
    max(last_viewed_at)
FROM progress.user_progress GROUP BY tenant_id, user_id;
INSERT INTO progress.content_summary (
    tenant_id, content_id, shard, people, started, completed, percentage_sum, coverage_sum, wall_ms
)
SELECT
    tenant_id, content_id, source_partition, count(*), count(*) FILTER (WHERE status <> 'not_started'),
    count(*) FILTER (WHERE status = 'completed'), sum(progress_percentage), sum(coverage), sum(wall_ms)
FROM progress.user_progress GROUP BY tenant_id, content_id, source_partition;
INSERT INTO progress.content_slices (tenant_id, content_id, slice, shard, viewers)
SELECT tenant_id, content_id, slice, source_partition, count(*)
FROM progress.user_progress, generate_series(0, 19) AS slice
WHERE slices & (1 << slice) <> 0 GROUP BY tenant_id, content_id, slice, source_partition;
INSERT INTO progress.content_times (tenant_id, content_id, bucket, shard, completions)
SELECT tenant_id, content_id, progress.took_bucket(took_ms), source_partition, count(*)
FROM progress.user_progress WHERE took_ms IS NOT NULL
GROUP BY tenant_id, content_id, progress.took_bucket(took_ms), source_partition;
INSERT INTO progress.person_quarters (tenant_id, user_id, quarter, wall_ms)
SELECT s.tenant_id, s.user_id, q.quarter, sum(q.wall_ms)
FROM progress.sessions AS s
CROSS JOIN LATERAL progress.quarters_of(s.started_at, s.last_at, s.wall_ms, s.quarters) AS q
GROUP BY s.tenant_id, s.user_id, q.quarter HAVING sum(q.wall_ms) <> 0;
UPDATE progress.user_summary AS s SET wall_ms = (
    SELECT coalesce(sum(least(q.wall_ms, 900000)), 0) FROM progress.person_quarters AS q
    WHERE q.tenant_id = s.tenant_id AND q.user_id = s.user_id
);
INSERT INTO progress.person_days (tenant_id, day, user_id, sessions, wall_ms)
SELECT tenant_id, (at AT TIME ZONE 'UTC')::date, user_id, sum(sessions), sum(wall_ms)
FROM (
    SELECT tenant_id, user_id, started_at AS at, 1 AS sessions, 0 AS wall_ms FROM progress.sessions
    UNION ALL
    SELECT tenant_id, user_id, to_timestamp(quarter * 900.0), 0, least(wall_ms, 900000)
    FROM progress.person_quarters
) AS each GROUP BY tenant_id, (at AT TIME ZONE 'UTC')::date, user_id;
INSERT INTO progress.daily_activity (tenant_id, day, shard, people, sessions, wall_ms, started, completed)
SELECT tenant_id, day, 0, sum(people), sum(sessions), sum(wall_ms), sum(started), sum(completed)
FROM (
    SELECT tenant_id, day, 1 AS people, sessions, wall_ms, 0 AS started, 0 AS completed
    FROM progress.person_days
    UNION ALL
    SELECT tenant_id, (started_at AT TIME ZONE 'UTC')::date, 0, 0, 0, 1, 0
    FROM progress.user_progress WHERE started_at IS NOT NULL
    UNION ALL
    SELECT tenant_id, (completed_at AT TIME ZONE 'UTC')::date, 0, 0, 0, 0, 1
    FROM progress.user_progress WHERE completed_at IS NOT NULL
) AS counted
GROUP BY tenant_id, day
"""
