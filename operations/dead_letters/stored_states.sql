-- The source offset of the state that is stored for each of these items of these people.
SELECT p.tenant_id::text, p.user_id::text, p.content_id::text, p.source_partition, p.source_offset
FROM unnest(%(tenants)s::uuid[], %(people)s::uuid[], %(contents)s::uuid[])
    AS w (tenant_id, user_id, content_id)
JOIN progress.user_progress AS p USING (user_id, content_id, tenant_id)
