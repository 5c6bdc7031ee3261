-- These courses of these people: the definition, and what was sent of the course itself, if anything.
SELECT
    d.tenant_id::text, d.user_id::text, d.content_id::text, c.definition, c.digest,
    o.override, o.state AS progress, o.source_partition, o.source_offset
FROM unnest(%(tenants)s::uuid[], %(users)s::uuid[], %(contents)s::uuid[]) WITH ORDINALITY
    AS d (tenant_id, user_id, content_id, place)
JOIN progress.courses AS c ON c.tenant_id = d.tenant_id AND c.content_id = d.content_id
LEFT JOIN progress.user_progress AS o
    ON o.user_id = d.user_id AND o.content_id = d.content_id AND (o.tenant_id = d.tenant_id) IS TRUE
    AND o.source_offset >= 0
ORDER BY d.place
