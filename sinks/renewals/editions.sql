-- The next people who opened an item before its new edition, and whose present attempt is of before;
-- of a course, with the parts that they opened.
SELECT
    p.user_id::text,
    progress.opened_parts(p.tenant_id, p.user_id, p.content_id) AS parts
FROM progress.user_progress AS p
WHERE p.tenant_id = %(tenant_id)s AND p.content_id = %(content_id)s
    AND p.user_id > coalesce(%(after)s::uuid, '00000000-0000-0000-0000-000000000000')
    AND p.started_at < %(begun_at)s AND p.last_viewed_at >= coalesce(p.attempt_at, '-infinity')
    AND (p.attempt_at IS NULL OR p.attempt_at < %(begun_at)s)
ORDER BY p.user_id LIMIT %(limit)s
