-- Stores the incoming older sessions of items, fenced by their source as rows of progress are.
--
-- Returns the places of those whose every session has to be written, since the row is new, and of those that are older
-- than their row.
WITH stored AS (
    MERGE INTO progress.older_sessions AS p
    USING pg_temp.incoming_older AS i
    ON p.user_id = i.user_id AND p.content_id = i.content_id AND (p.tenant_id = i.tenant_id) IS TRUE
    WHEN MATCHED AND (p.source_partition, p.source_offset) <= (i.source_partition, i.source_offset)
    THEN UPDATE SET
        state = i.progress, source_partition = i.source_partition, source_offset = i.source_offset
    WHEN NOT MATCHED THEN INSERT (tenant_id, user_id, content_id, state, source_partition, source_offset)
    VALUES (i.tenant_id, i.user_id, i.content_id, i.progress, i.source_partition, i.source_offset)
    RETURNING i.place, i.partial AND merge_action() = 'INSERT' AS is_new
)
SELECT
    coalesce((SELECT array_agg(place) FROM stored WHERE is_new), '{}'),
    coalesce((
        SELECT array_agg(i.place) FROM pg_temp.incoming_older AS i
        WHERE i.place NOT IN (SELECT place FROM stored)
    ), '{}')
