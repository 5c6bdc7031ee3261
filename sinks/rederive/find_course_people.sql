-- The people who have a row of an item of the course, or of the course itself, and whose row of the course is not
-- derived from its present definition.
WITH opened AS MATERIALIZED (
    SELECT p.user_id
    FROM progress.course_parts AS m
    JOIN progress.user_progress AS p ON p.tenant_id = m.tenant_id AND p.content_id = m.content_id
    WHERE m.tenant_id = %(tenant_id)s AND m.course_id = %(content_id)s
    UNION
    SELECT user_id FROM progress.user_progress
    WHERE tenant_id = %(tenant_id)s AND content_id = %(content_id)s
)
SELECT h.user_id::text FROM opened AS h
WHERE h.user_id > %(after)s AND NOT EXISTS (
    SELECT FROM progress.user_progress AS p
    JOIN progress.courses AS c ON c.tenant_id = p.tenant_id AND c.content_id = p.content_id
    WHERE p.user_id = h.user_id AND p.content_id = %(content_id)s AND (p.tenant_id = %(tenant_id)s) IS TRUE
        AND p.course = c.digest AND p.milestones IS NOT NULL
)
ORDER BY h.user_id LIMIT %(limit)s
