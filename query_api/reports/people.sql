SELECT
    user_id, p.display_name, p.name_key, p.email, s.progress, coalesce(s.former, false) AS former,
    coalesce(s.curriculum_items, 0) AS items,
    coalesce(s.curriculum_completed, 0) AS completed_items,
    coalesce(s.curriculum_in_progress, 0) AS in_progress_items,
    coalesce(s.optional_completed + s.optional_in_progress, 0) AS optional_items,
    coalesce(s.optional_completed, 0) AS optional_completed,
    coalesce(s.optional_in_progress, 0) AS optional_in_progress,
    coalesce(s.wall_ms, 0) AS wall_ms, s.last_viewed_at AS last_active
FROM (SELECT * FROM progress.people WHERE tenant_id = %(tenant)s::uuid) AS p
FULL JOIN (SELECT * FROM progress.user_summary WHERE tenant_id = %(tenant)s::uuid) AS s
    USING (user_id)
WHERE p.user_id IS NOT NULL OR s.total_items > 0
