-- What rows of progress said before a batch, by the batch's entries: `store_progress_before_18.sql`.
CREATE TEMPORARY TABLE IF NOT EXISTS pg_temp.incoming_before (
    place int, partial boolean, user_id uuid, content_id uuid, tenant_id uuid,
    source_partition int, source_offset bigint,
    id uuid, status text, progress_percentage int, coverage int, course text, content_ms bigint, wall_ms bigint,
    slices int, took_ms bigint, started_at timestamptz, last_viewed_at timestamptz, completed_at timestamptz,
    milestones text
) ON COMMIT DELETE ROWS
