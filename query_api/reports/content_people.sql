SELECT
    coalesce(p.user_id, q.user_id) AS user_id, d.display_name, d.name_key,
    q.user_id IS NOT NULL AS required, coalesce(p.status <> 'not_started', false) AS started, coalesce(p.former, false) AS former,
    coalesce(p.progress_percentage, 0) AS progress, coalesce(p.status, 'not_started') AS status,
    coalesce(p.coverage, 0) AS coverage, CASE WHEN p.status <> 'not_started' THEN p.evidence END AS evidence, p.started_at, p.last_viewed_at, p.completed_at, p.took_ms,
    coalesce(p.completion_count, 0) AS completion_count, coalesce(p.total_sessions, 0) AS total_sessions,
    coalesce(p.wall_ms, 0) AS wall_ms
FROM (
    SELECT * FROM progress.user_progress
    WHERE tenant_id = %(tenant)s::uuid AND content_id = %(contentId)s::uuid
) AS p
FULL JOIN (
    SELECT user_id FROM progress.requirements
    WHERE tenant_id = %(tenant)s::uuid AND content_id = %(contentId)s::uuid
) AS q USING (user_id)
LEFT JOIN progress.people AS d ON d.tenant_id = %(tenant)s::uuid
    AND d.user_id = coalesce(p.user_id, q.user_id)
