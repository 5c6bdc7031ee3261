-- The places of the incoming older sessions of which every session has to be written, since the row is new, and of those
-- that are older than their row: `store_older.sql` leaves these as they are.
WITH known AS (
    SELECT
        i.place, i.partial AND p.user_id IS NULL AS is_new,
        (p.source_partition, p.source_offset) > (i.source_partition, i.source_offset) AS is_stale
    FROM pg_temp.incoming_older AS i
    LEFT JOIN progress.older_sessions AS p
        ON p.user_id = i.user_id AND p.content_id = i.content_id AND (p.tenant_id = i.tenant_id) IS TRUE
)
SELECT
    coalesce(array_agg(place) FILTER (WHERE is_new), '{}'),
    coalesce(array_agg(place) FILTER (WHERE is_stale), '{}')
FROM known
