-- The items of the catalogue, and whether their progress follows from parts.
SELECT c.content_id::text, c.type, EXISTS (
    SELECT FROM progress.course_parts AS p WHERE p.tenant_id = c.tenant_id AND p.course_id = c.content_id
)
FROM progress.content_items AS c
WHERE c.tenant_id = %(tenant)s AND c.content_id = ANY(%(items)s::uuid[])
