-- The next people who opened an item before its new edition, and whose present attempt is of before;
-- of a course, with the parts that they opened.
SELECT
    p.user_id::text,
    CASE WHEN EXISTS (
        SELECT FROM progress.courses AS c WHERE c.tenant_id = p.tenant_id AND c.content_id = p.content_id
    ) THEN ARRAY(
        SELECT o.content_id::text
        FROM progress.course_parts AS m
        JOIN progress.content_items AS i
            ON i.tenant_id = m.tenant_id AND i.content_id = m.content_id AND NOT i.archived
        JOIN progress.user_progress AS o
            ON o.user_id = p.user_id AND o.content_id = m.content_id AND (o.tenant_id = m.tenant_id) IS TRUE
        WHERE m.tenant_id = p.tenant_id AND m.course_id = p.content_id AND m.position IS NOT NULL
        ORDER BY o.content_id
    ) END AS parts
FROM progress.user_progress AS p
WHERE p.tenant_id = %(tenant_id)s AND p.content_id = %(content_id)s
    AND p.user_id > coalesce(%(after)s::uuid, '00000000-0000-0000-0000-000000000000')
    AND p.started_at < %(begun_at)s AND p.last_viewed_at >= coalesce(p.attempt_at, '-infinity')
    AND (p.attempt_at IS NULL OR p.attempt_at < %(begun_at)s)
ORDER BY p.user_id LIMIT %(limit)s
