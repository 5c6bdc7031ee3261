-- The temporary tables that COPY fills; `copy.py` writes their columns in this order. Instants are milliseconds.
-- `progress` is the encoded progress of a state; the table `user_progress` stores it in its column `state`.
--
-- They stay in the session of the server, and the end of each transaction empties them, which costs less than to make
-- them for each. `statements.py` adds a digest of this file to their names: behind a pooler, a sink of another release
-- may have used the session before.
CREATE TEMPORARY TABLE IF NOT EXISTS pg_temp.incoming (
    place int, partial boolean, id uuid,
    tenant_id uuid, user_id uuid, content_id uuid,
    progress_type text, progress_percentage int, completion_count int, total_sessions int,
    started_ms bigint, last_ms bigint, completed_ms bigint,
    metadata jsonb, status text, evidence text, watched int4multirange, duration_ms int,
    content_ms bigint, wall_ms bigint, coverage int, attained int, slices int, override text,
    progress text, source_partition int, source_offset bigint, course text, attempt_ms bigint,
    milestones text
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS pg_temp.incoming_older (
    place int, partial boolean, tenant_id uuid, user_id uuid, content_id uuid,
    progress text, source_partition int, source_offset bigint
) ON COMMIT DELETE ROWS;
CREATE TEMPORARY TABLE IF NOT EXISTS pg_temp.incoming_sessions (
    tenant_id uuid, user_id uuid, content_id uuid, session_key text, started_ms bigint, last_ms bigint,
    watched int4multirange, pages int4multirange, watch_ms int, wall_ms int, content_ms bigint,
    position_ms int, scroll_position real, ended boolean, quarters int[]
) ON COMMIT DELETE ROWS
