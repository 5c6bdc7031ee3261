-- The completions of required items that are valid no longer, and since when; of a course, with the parts that the
-- person opened.
SELECT
    q.tenant_id::text, q.user_id::text, q.content_id::text,
    p.completed_at + make_interval(days => q.valid_for_days) AS at,
    CASE WHEN EXISTS (
        SELECT FROM progress.courses AS c WHERE c.tenant_id = q.tenant_id AND c.content_id = q.content_id
    ) THEN ARRAY(
        SELECT o.content_id::text
        FROM progress.course_parts AS m
        JOIN progress.content_items AS i
            ON i.tenant_id = m.tenant_id AND i.content_id = m.content_id AND NOT i.archived
        JOIN progress.user_progress AS o
            ON o.user_id = q.user_id AND o.content_id = m.content_id AND (o.tenant_id = m.tenant_id) IS TRUE
        WHERE m.tenant_id = q.tenant_id AND m.course_id = q.content_id AND m.position IS NOT NULL
        ORDER BY o.content_id
    ) END AS parts
FROM progress.requirements AS q
JOIN progress.user_progress AS p
    ON p.user_id = q.user_id AND p.content_id = q.content_id AND (p.tenant_id = q.tenant_id) IS TRUE
WHERE q.valid_for_days IS NOT NULL AND p.status = 'completed'
    AND p.completed_at + make_interval(days => q.valid_for_days) <= clock_timestamp()
ORDER BY at LIMIT %(limit)s
