"""The sink's SQL around the two statements that store: `progress_statement` and `sessions_statement`."""

from __future__ import annotations

INCOMING = """
CREATE TEMPORARY TABLE incoming (
    place int, partial boolean, id uuid,
    tenant_id uuid, user_id uuid, content_id uuid,
    progress_type text, progress_percentage int, completion_count int, total_sessions int,
    started_ms bigint, last_ms bigint, completed_ms bigint,
    metadata jsonb, status text, evidence text, watched int4multirange, duration_ms int,
    content_ms bigint, wall_ms bigint, coverage int, attained int, slices int, override text,
    state text, source_partition int, source_offset bigint
);
CREATE TEMPORARY TABLE incoming_sessions (
    tenant_id uuid, user_id uuid, content_id uuid, session_key text, started_ms bigint, last_ms bigint,
    watched int4multirange, pages int4multirange, watch_ms int, wall_ms int, content_ms bigint,
    position_ms int, scroll_position real, ended boolean
)
"""
NO_ERASURE = "SELECT pg_advisory_xact_lock_shared(hashtext('playhead erase'))"
"""Until the transaction ends, nobody is erased: a batch comes before an erasure or after it. Taken first, so
that what follows sees who was erased meanwhile."""

EMPTY_INCOMING = "TRUNCATE pg_temp.incoming, pg_temp.incoming_sessions"
COPY_PROGRESS = "COPY pg_temp.incoming FROM STDIN"
COPY_SESSIONS = "COPY pg_temp.incoming_sessions FROM STDIN"

DROP_ERASED = """
DELETE FROM pg_temp.incoming AS i
USING progress.erased_people AS e
WHERE e.user_id = i.user_id AND e.tenant_id = i.tenant_id
    AND EXISTS (SELECT FROM progress.erased_people)
RETURNING i.place
"""
"""Nearly always nobody is; then the batch is not even looked at."""

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

HAS_SCHEMA = "SELECT to_regclass('progress.archives') IS NOT NULL"
"""The last of the tables that the sink needs."""

MAKE_MONTH = "SELECT progress.make_sessions_month(%s)"

ASK_AGAIN = """
INSERT INTO progress.rederivations AS r (tenant_id, content_id, requested_at)
SELECT tenant_id, content_id, clock_timestamp()
FROM (SELECT DISTINCT tenant_id, content_id FROM pg_temp.incoming) AS i
JOIN progress.content_items AS c USING (tenant_id, content_id)
WHERE c.updated_at > to_timestamp(%(written)s) - interval '1 minute'
ORDER BY tenant_id, content_id
ON CONFLICT (tenant_id, content_id) DO UPDATE SET requested_at = r.requested_at
"""
"""For items that changed since the processor that wrote this can last have looked. A request that is there
stands, locked, so that it is not done with before this is stored."""
