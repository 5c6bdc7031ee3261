-- Stores the incoming older sessions of items, fenced by their source as rows of progress are.
MERGE INTO progress.older_sessions AS p
USING pg_temp.incoming_older AS i
ON p.user_id = i.user_id AND p.content_id = i.content_id AND (p.tenant_id = i.tenant_id) IS TRUE
WHEN MATCHED AND (p.source_partition, p.source_offset) <= (i.source_partition, i.source_offset)
THEN UPDATE SET
    state = i.progress, source_partition = i.source_partition, source_offset = i.source_offset
WHEN NOT MATCHED THEN INSERT (tenant_id, user_id, content_id, state, source_partition, source_offset)
VALUES (i.tenant_id, i.user_id, i.content_id, i.progress, i.source_partition, i.source_offset)
