-- The completions of required items that are valid no longer, and since when; of a course, with the parts that the
-- person opened.
SELECT
    q.tenant_id::text, q.user_id::text, q.content_id::text,
    p.completed_at + make_interval(days => q.valid_for_days) AS at,
    progress.opened_parts(q.tenant_id, q.user_id, q.content_id) AS parts
FROM progress.requirements AS q
JOIN progress.user_progress AS p
    ON p.user_id = q.user_id AND p.content_id = q.content_id AND (p.tenant_id = q.tenant_id) IS TRUE
WHERE q.valid_for_days IS NOT NULL AND p.status = 'completed'
    AND p.completed_at + make_interval(days => q.valid_for_days) <= clock_timestamp()
ORDER BY at LIMIT %(limit)s
