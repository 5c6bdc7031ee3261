"""The SQL that erases a person. Every statement is about %(tenant)s and %(user)s."""

from __future__ import annotations

from typing import LiteralString

NO_BATCH = "SELECT pg_advisory_xact_lock(hashtext('playhead erase'))"
"""Until the transaction ends, no batch of a sink is under way; each of them takes the same lock, shared."""

ERASED_AT = "SELECT erased_at FROM progress.erased_people WHERE tenant_id = %(tenant)s AND user_id = %(user)s"
NOTE = """
INSERT INTO progress.erased_people (tenant_id, user_id) VALUES (%(tenant)s, %(user)s) ON CONFLICT DO NOTHING
"""
READMIT = "DELETE FROM progress.erased_people WHERE tenant_id = %(tenant)s AND user_id = %(user)s"

OWE_TOMBSTONES = """
INSERT INTO progress.owed_tombstones
SELECT tenant_id, user_id, content_id, source_partition
FROM progress.user_progress WHERE tenant_id = %(tenant)s AND user_id = %(user)s
ON CONFLICT DO NOTHING
"""
OWE = """
INSERT INTO progress.owed_tombstones (tenant_id, user_id, content_id, partition)
VALUES (%(tenant)s, %(user)s, %(content)s, %(partition)s) ON CONFLICT DO NOTHING
"""
STATES = """
SELECT content_id::text, source_partition FROM progress.user_progress
WHERE tenant_id = %(tenant)s AND user_id = %(user)s
UNION
SELECT content_id::text, partition FROM progress.owed_tombstones
WHERE tenant_id = %(tenant)s AND user_id = %(user)s
"""
OWED = """
SELECT content_id::text, partition FROM progress.owed_tombstones
WHERE tenant_id = %(tenant)s AND user_id = %(user)s ORDER BY content_id, partition
"""
SETTLED = "DELETE FROM progress.owed_tombstones WHERE tenant_id = %(tenant)s AND user_id = %(user)s"

_ITEMS = """
INSERT INTO progress.content_summary AS c (
    tenant_id, content_id, shard, people, started, completed, percentage_sum, coverage_sum, wall_ms
)
SELECT
    tenant_id, content_id, -1, -1, -(status <> 'not_started')::int, -(status = 'completed')::int,
    -progress_percentage, -coverage, -wall_ms
FROM progress.user_progress WHERE tenant_id = %(tenant)s AND user_id = %(user)s
ON CONFLICT (tenant_id, content_id, shard) DO UPDATE SET
    people = c.people + excluded.people,
    started = c.started + excluded.started,
    completed = c.completed + excluded.completed,
    percentage_sum = c.percentage_sum + excluded.percentage_sum,
    coverage_sum = c.coverage_sum + excluded.coverage_sum,
    wall_ms = c.wall_ms + excluded.wall_ms
"""
_SLICES = """
INSERT INTO progress.content_slices AS c (tenant_id, content_id, slice, shard, viewers)
SELECT tenant_id, content_id, slice, -1, -1
FROM progress.user_progress JOIN generate_series(0, 19) AS slice ON ((slices >> slice) & 1) = 1
WHERE tenant_id = %(tenant)s AND user_id = %(user)s
ON CONFLICT (tenant_id, content_id, slice, shard) DO UPDATE SET viewers = c.viewers + excluded.viewers
"""
_TIMES = """
INSERT INTO progress.content_times AS c (tenant_id, content_id, bucket, shard, completions)
SELECT tenant_id, content_id, progress.took_bucket(took_ms), -1, -1
FROM progress.user_progress WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND took_ms IS NOT NULL
ON CONFLICT (tenant_id, content_id, bucket, shard) DO UPDATE SET
    completions = c.completions + excluded.completions
"""
_DAYS = """
INSERT INTO progress.daily_activity AS c (
    tenant_id, day, shard, people, sessions, wall_ms, started, completed
)
SELECT %(tenant)s, day, -1, -sum(people), -sum(sessions), -sum(wall_ms), -sum(started), -sum(completed)
FROM (
    SELECT day, 1 AS people, sessions, wall_ms, 0 AS started, 0 AS completed
    FROM progress.person_days WHERE tenant_id = %(tenant)s AND user_id = %(user)s
    UNION ALL
    SELECT (started_at AT TIME ZONE 'UTC')::date, 0, 0, 0, 1, 0
    FROM progress.user_progress
    WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND started_at IS NOT NULL
    UNION ALL
    SELECT (completed_at AT TIME ZONE 'UTC')::date, 0, 0, 0, 0, 1
    FROM progress.user_progress
    WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND completed_at IS NOT NULL
) AS theirs
GROUP BY day
ON CONFLICT (tenant_id, day, shard) DO UPDATE SET
    people = c.people + excluded.people,
    sessions = c.sessions + excluded.sessions,
    wall_ms = c.wall_ms + excluded.wall_ms,
    started = c.started + excluded.started,
    completed = c.completed + excluded.completed
"""
SUBTRACT: tuple[LiteralString, ...] = (_ITEMS, _SLICES, _TIMES, _DAYS)
"""What the person is counted in, as the sink counts it. The corrections have a shard of their own, so that
they wait for no sink."""

SESSIONS = """
WITH gone AS (
    DELETE FROM progress.sessions WHERE tenant_id = %(tenant)s AND user_id = %(user)s RETURNING started_at
)
SELECT to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*)
FROM gone GROUP BY month ORDER BY month
"""
DELETE: dict[str, LiteralString] = {
    "user_progress": "DELETE FROM progress.user_progress WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
    "user_summary": "DELETE FROM progress.user_summary WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
    "person_days": "DELETE FROM progress.person_days WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
    "dismissals": "DELETE FROM progress.dismissals WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
    "assignments": (
        "DELETE FROM progress.assignments"
        " WHERE tenant_id = %(tenant)s AND target = 'person' AND target_id = %(user)s"
    ),
    # Before the person, whose going would take them along uncounted.
    "team_members": "DELETE FROM progress.team_members WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
    "people": "DELETE FROM progress.people WHERE tenant_id = %(tenant)s AND user_id = %(user)s",
}
"""By table, in this order."""
