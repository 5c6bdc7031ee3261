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
    MERGE INTO progress.user_progress AS p
    USING (
        SELECT
            *,
            to_timestamp(started_ms / 1000.0::float8) AS started_at,
            to_timestamp(last_ms / 1000.0::float8) AS last_viewed_at,
            to_timestamp(completed_ms / 1000.0::float8) AS completed_at
        FROM pg_temp.incoming
    ) AS i
    ON p.user_id = i.user_id AND p.content_id = i.content_id AND (p.tenant_id = i.tenant_id) IS TRUE
    WHEN MATCHED AND (p.source_partition <> i.source_partition OR p.source_offset <= i.source_offset)
    THEN UPDATE SET
        progress_type = i.progress_type,
        progress_percentage = i.progress_percentage,
        completion_count = i.completion_count,
        total_sessions = i.total_sessions,
        started_at = least(p.started_at, i.started_at),
        last_viewed_at = greatest(p.last_viewed_at, i.last_viewed_at),
        completed_at = i.completed_at,
        metadata = i.metadata,
        status = i.status,
        evidence = i.evidence,
        watched = CASE
            WHEN p.source_partition = i.source_partition THEN i.watched
            ELSE p.watched + i.watched
        END,
        duration_ms = i.duration_ms,
        content_ms = i.content_ms,
        wall_ms = i.wall_ms,
        state = i.state,
        source_partition = i.source_partition,
        source_offset = i.source_offset,
        updated_at = now()
    WHEN NOT MATCHED THEN INSERT (
        id, tenant_id, user_id, content_id,
        progress_type, progress_percentage, completion_count, total_sessions,
        started_at, last_viewed_at, completed_at,
        metadata, status, evidence, watched, duration_ms, content_ms, wall_ms, state,
        source_partition, source_offset
    ) VALUES (
        i.id, i.tenant_id, i.user_id, i.content_id,
        i.progress_type, i.progress_percentage, i.completion_count, i.total_sessions,
        i.started_at, i.last_viewed_at, i.completed_at,
        i.metadata, i.status, i.evidence, i.watched, i.duration_ms, i.content_ms, i.wall_ms, i.state,
        i.source_partition, i.source_offset
    )
    RETURNING WITH (OLD AS o, NEW AS n)
        i.place, i.partial, o.id IS NULL AS is_new,
        n.user_id, n.tenant_id, n.last_viewed_at,
        (n.status = 'completed')::int - coalesce((o.status = 'completed')::int, 0) AS completed_items,
        (n.status = 'in_progress')::int - coalesce((o.status = 'in_progress')::int, 0) AS in_progress_items,
        n.progress_percentage - coalesce(o.progress_percentage, 0) AS percentage,
        n.content_ms - coalesce(o.content_ms, 0) AS content_ms,
        n.wall_ms - coalesce(o.wall_ms, 0) AS wall_ms
),
summed AS (
    MERGE INTO progress.user_summary AS s
    USING (
        SELECT
            user_id, tenant_id,
            count(*) FILTER (WHERE is_new) AS total_items,
            sum(completed_items) AS completed_items,
            sum(in_progress_items) AS in_progress_items,
            sum(percentage) AS percentage_sum,
            sum(content_ms) AS content_ms,
            sum(wall_ms) AS wall_ms,
            max(last_viewed_at) AS last_viewed_at
        FROM stored
        GROUP BY user_id, tenant_id
    ) AS d
    ON s.user_id = d.user_id AND s.tenant_id = d.tenant_id
    WHEN MATCHED THEN UPDATE SET
        total_items = s.total_items + d.total_items,
        completed_items = s.completed_items + d.completed_items,
        in_progress_items = s.in_progress_items + d.in_progress_items,
        percentage_sum = s.percentage_sum + d.percentage_sum,
        content_ms = s.content_ms + d.content_ms,
        wall_ms = s.wall_ms + d.wall_ms,
        last_viewed_at = greatest(s.last_viewed_at, d.last_viewed_at)
    WHEN NOT MATCHED THEN INSERT (
        tenant_id, user_id, total_items, completed_items, in_progress_items, percentage_sum,
        content_ms, wall_ms, last_viewed_at
    ) VALUES (
        d.tenant_id, d.user_id, d.total_items, d.completed_items, d.in_progress_items, d.percentage_sum,
        d.content_ms, d.wall_ms, d.last_viewed_at
    )
)
SELECT count(*), coalesce(array_agg(place) FILTER (WHERE is_new AND partial), '{}') FROM stored
"""
"""Returns how many entries landed, and the places of those whose every session is to be written, since the
row is new. MERGE, because the positions' fence lets nobody else write these people's rows: it does not lock
each row before it updates it, as `INSERT … ON CONFLICT` must, and takes a fifth less time. `IS TRUE` keeps
the planner to the unique index, led by the person: on a table without statistics it would take the one by
tenant and content, and read everybody's row of an item for each entry."""

FIND_STALE = """
SELECT i.place
FROM pg_temp.incoming AS i
JOIN progress.user_progress AS p
    ON p.user_id = i.user_id AND p.content_id = i.content_id AND (p.tenant_id = i.tenant_id) IS TRUE
WHERE p.source_partition = i.source_partition AND p.source_offset > i.source_offset
"""

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
