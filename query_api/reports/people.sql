SELECT
    user_id, p.display_name, p.name_key, p.email, coalesce(s.total_items, 0) AS items,
    coalesce(s.completed_items, 0) AS completed_items,
    coalesce(s.in_progress_items, 0) AS in_progress_items, s.percentage_sum,
    coalesce(s.wall_ms, 0) AS wall_ms, s.last_viewed_at AS last_active
FROM (SELECT * FROM progress.people WHERE tenant_id = %(tenant)s::uuid) AS p
FULL JOIN (SELECT * FROM progress.user_summary WHERE tenant_id = %(tenant)s::uuid) AS s
    USING (user_id)
