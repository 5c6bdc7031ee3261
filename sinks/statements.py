"""The sink's SQL."""

from __future__ import annotations

INCOMING = """
CREATE TEMPORARY TABLE incoming (
    place int, partial boolean, id uuid,
    tenant_id uuid, user_id uuid, content_id uuid,
    progress_type text, progress_percentage int, completion_count int, total_sessions int,
    started_ms bigint, last_ms bigint, completed_ms bigint,
    metadata jsonb, status text, evidence text, watched int4multirange, duration_ms int,
    content_ms bigint, wall_ms bigint, state text, source_partition int, source_offset bigint
);
CREATE TEMPORARY TABLE incoming_sessions (
    tenant_id uuid, user_id uuid, content_id uuid, session_key text, started_ms bigint, last_ms bigint,
    watched int4multirange, pages int4multirange, watch_ms int, content_ms bigint, position_ms int,
    scroll_position real, ended boolean
)
"""
EMPTY_INCOMING = "TRUNCATE pg_temp.incoming, pg_temp.incoming_sessions"
COPY_PROGRESS = "COPY pg_temp.incoming FROM STDIN"
COPY_SESSIONS = "COPY pg_temp.incoming_sessions FROM STDIN"

STORE_PROGRESS = """
WITH stored AS (
    INSERT INTO progress.user_progress AS p (
        id, tenant_id, user_id, content_id,
        progress_type, progress_percentage, completion_count, total_sessions,
        started_at, last_viewed_at, completed_at,
        metadata, status, evidence, watched, duration_ms, content_ms, wall_ms, state,
        source_partition, source_offset
    )
    SELECT
        id, tenant_id, user_id, content_id,
        progress_type, progress_percentage, completion_count, total_sessions,
        to_timestamp(started_ms / 1000.0::float8),
        to_timestamp(last_ms / 1000.0::float8),
        to_timestamp(completed_ms / 1000.0::float8),
        metadata, status, evidence, watched, duration_ms, content_ms, wall_ms, state,
        source_partition, source_offset
    FROM pg_temp.incoming
    ON CONFLICT (user_id, content_id, tenant_id) DO UPDATE SET
        progress_type = excluded.progress_type,
        progress_percentage = excluded.progress_percentage,
        completion_count = excluded.completion_count,
        total_sessions = excluded.total_sessions,
        started_at = least(p.started_at, excluded.started_at),
        last_viewed_at = greatest(p.last_viewed_at, excluded.last_viewed_at),
        completed_at = excluded.completed_at,
        metadata = excluded.metadata,
        status = excluded.status,
        evidence = excluded.evidence,
        watched = CASE
            WHEN p.source_partition = excluded.source_partition THEN excluded.watched
            ELSE p.watched + excluded.watched
        END,
        duration_ms = excluded.duration_ms,
        content_ms = excluded.content_ms,
        wall_ms = excluded.wall_ms,
        state = excluded.state,
        source_partition = excluded.source_partition,
        source_offset = excluded.source_offset,
        updated_at = now()
    WHERE p.source_partition <> excluded.source_partition OR p.source_offset <= excluded.source_offset
    RETURNING WITH (OLD AS o, NEW AS n)
        n.user_id, n.content_id, n.tenant_id, n.last_viewed_at, o.id IS NULL AS is_new,
        (n.status = 'completed')::int - coalesce((o.status = 'completed')::int, 0) AS completed,
        (n.status = 'in_progress')::int - coalesce((o.status = 'in_progress')::int, 0) AS in_progress,
        n.progress_percentage - coalesce(o.progress_percentage, 0) AS percentage,
        n.content_ms - coalesce(o.content_ms, 0) AS content_ms,
        n.wall_ms - coalesce(o.wall_ms, 0) AS wall_ms
),
summed AS (
    INSERT INTO progress.user_summary AS s (
        user_id, tenant_id, total_items, completed_items, in_progress_items, percentage_sum,
        content_ms, wall_ms, last_viewed_at
    )
    SELECT
        user_id, tenant_id, count(*) FILTER (WHERE is_new), sum(completed), sum(in_progress), sum(percentage),
        sum(content_ms), sum(wall_ms), max(last_viewed_at)
    FROM stored
    GROUP BY user_id, tenant_id
    ON CONFLICT (user_id, tenant_id) DO UPDATE SET
        total_items = s.total_items + excluded.total_items,
        completed_items = s.completed_items + excluded.completed_items,
        in_progress_items = s.in_progress_items + excluded.in_progress_items,
        percentage_sum = s.percentage_sum + excluded.percentage_sum,
        content_ms = s.content_ms + excluded.content_ms,
        wall_ms = s.wall_ms + excluded.wall_ms,
        last_viewed_at = greatest(s.last_viewed_at, excluded.last_viewed_at)
)
SELECT i.place, s.user_id IS NOT NULL
FROM pg_temp.incoming AS i LEFT JOIN stored AS s USING (user_id, content_id, tenant_id)
WHERE s.user_id IS NULL OR (s.is_new AND i.partial)
"""
"""Returns the places of the entries that were stale, with false, and with true those of which every session
is to be written, since the row is new."""

STORE_SESSIONS = """
WITH stored AS (
    INSERT INTO progress.sessions AS s (
        tenant_id, user_id, content_id, session_key, started_at, last_at,
        watched, pages, watch_ms, content_ms, position_ms, scroll_position, ended
    )
    SELECT
        tenant_id, user_id, content_id, session_key,
        to_timestamp(started_ms / 1000.0::float8), to_timestamp(last_ms / 1000.0::float8),
        watched, pages, watch_ms, content_ms, position_ms, scroll_position, ended
    FROM pg_temp.incoming_sessions
    ON CONFLICT (tenant_id, user_id, started_at, content_id, session_key) DO UPDATE SET
        last_at = excluded.last_at,
        watched = excluded.watched,
        pages = excluded.pages,
        watch_ms = excluded.watch_ms,
        content_ms = excluded.content_ms,
        position_ms = excluded.position_ms,
        scroll_position = excluded.scroll_position,
        ended = excluded.ended
    RETURNING WITH (OLD AS o, NEW AS n)
        n.tenant_id, n.user_id, n.content_id, n.session_key, n.started_at, n.last_at,
        o.user_id IS NULL AS is_new
)
DELETE FROM progress.sessions AS s
USING stored AS n
WHERE (n.is_new OR n.session_key LIKE '~%')
    AND s.tenant_id = n.tenant_id AND s.user_id = n.user_id AND s.content_id = n.content_id
    AND s.started_at > n.started_at AND s.started_at <= n.last_at
    AND (s.session_key = n.session_key OR (s.session_key LIKE '~%' AND n.session_key LIKE '~%'))
"""
"""Also deletes what the rows replace: a session that now began earlier, a visit that now is part of another.
Both began within the row's own time, since sessions only ever grow. A named session that was there under the
same start has replaced nothing."""

READ_POSITIONS = """
WITH wanted AS (SELECT unnest(%(partitions)s::int[]) AS partition),
made AS (
    INSERT INTO progress.positions (topic, partition, next_offset)
    SELECT %(topic)s, partition, 0 FROM wanted
    ON CONFLICT DO NOTHING
)
SELECT w.partition, coalesce(p.next_offset, 0)
FROM wanted AS w LEFT JOIN progress.positions AS p ON p.topic = %(topic)s AND p.partition = w.partition
"""

MOVE_POSITIONS = """
UPDATE progress.positions AS p
SET next_offset = m.next_offset, source_next_offset = greatest(p.source_next_offset, m.source_next_offset)
FROM unnest(%(partitions)s::int[], %(starts)s::bigint[], %(nexts)s::bigint[], %(sources)s::bigint[])
    AS m (partition, start, next_offset, source_next_offset)
WHERE p.topic = %(topic)s AND p.partition = m.partition AND p.next_offset = m.start
"""

MOVE_LEDGER = """
INSERT INTO progress.ledger AS l (
    topic, partition, first_offset, next_offset, applied, duplicates, dead_lettered
) VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (topic, partition) DO UPDATE SET
    first_offset = excluded.first_offset,
    next_offset = excluded.next_offset,
    applied = excluded.applied,
    duplicates = excluded.duplicates,
    dead_lettered = excluded.dead_lettered
WHERE l.next_offset <= excluded.next_offset
"""

HAS_SCHEMA = "SELECT to_regclass('progress.positions') IS NOT NULL"
MAKE_MONTH = "SELECT progress.make_sessions_month(%s)"

# A temporary table has no statistics: left to itself, the planner would read all sessions to delete a few.
JOIN_BY_INDEX = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off"
JOIN_FREELY = "SET LOCAL enable_hashjoin = on; SET LOCAL enable_mergejoin = on"
