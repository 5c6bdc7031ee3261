-- A course, the parts of it that a person's rows show as opened, whether they completed it, and what was sent of the
-- course itself.
SELECT
    c.definition, progress.opened_parts(c.tenant_id, %(user)s::uuid, c.content_id),
    coalesce(p.status = 'completed', false), CASE WHEN p.source_offset >= 0 THEN p.state END
FROM progress.courses AS c
LEFT JOIN progress.user_progress AS p
    ON p.user_id = %(user)s::uuid AND p.content_id = c.content_id AND (p.tenant_id = c.tenant_id) IS TRUE
WHERE c.tenant_id = %(tenant)s::uuid AND c.content_id = %(content)s::uuid
