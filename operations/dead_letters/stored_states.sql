-- The source offset of the state that is stored for each of these items of these people, and of their older sessions.
WITH wanted AS (
    SELECT * FROM unnest(%(tenants)s::uuid[], %(people)s::uuid[], %(contents)s::uuid[])
        AS w (tenant_id, user_id, content_id)
)
SELECT tenant_id::text, user_id::text, content_id::text, NULL::text, source_partition, source_offset
FROM wanted JOIN progress.user_progress USING (user_id, content_id, tenant_id)
UNION ALL
SELECT tenant_id::text, user_id::text, content_id::text, 'older', source_partition, source_offset
FROM wanted JOIN progress.older_sessions USING (user_id, content_id, tenant_id)
