-- The parts of a course that a person opened, whether they completed it, and what was sent of the course itself.
SELECT
    ARRAY(
        SELECT o.content_id::text
        FROM progress.course_parts AS m
        JOIN progress.content_items AS i
            ON i.tenant_id = m.tenant_id AND i.content_id = m.content_id AND NOT i.archived
        JOIN progress.user_progress AS o
            ON o.user_id = %(user)s::uuid AND o.content_id = m.content_id AND (o.tenant_id = m.tenant_id) IS TRUE
        WHERE m.tenant_id = c.tenant_id AND m.course_id = c.content_id AND m.position IS NOT NULL
        ORDER BY o.content_id
    ),
    coalesce(p.status = 'completed', false), CASE WHEN p.source_offset >= 0 THEN p.state END
FROM progress.courses AS c
LEFT JOIN progress.user_progress AS p
    ON p.user_id = %(user)s::uuid AND p.content_id = c.content_id AND (p.tenant_id = c.tenant_id) IS TRUE
WHERE c.tenant_id = %(tenant)s::uuid AND c.content_id = %(content)s::uuid
