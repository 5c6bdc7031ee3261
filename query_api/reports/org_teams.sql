SELECT
    t.team_id, t.name, t.name_key, coalesce(m.members, 0) AS members, coalesce(m.active, 0) AS active,
    coalesce(m.completed, 0) AS completed, coalesce(m.started, 0) AS started,
    coalesce(m.wall_ms, 0) AS wall_ms, m.last_active, m.progress, coalesce(m.required, 0) AS required,
    coalesce(m.required_completed, 0) AS required_completed
FROM progress.teams AS t
LEFT JOIN (
    SELECT
        team_id, count(*) AS members,
        count(*) FILTER (WHERE s.last_viewed_at >= %(now)s::timestamptz - interval '720 hours')
            AS active,
        sum(s.required_completed + s.optional_completed) AS completed,
        sum(
            s.required_completed + s.required_in_progress + s.optional_completed + s.optional_in_progress
        ) AS started,
        sum(s.wall_ms) AS wall_ms, max(s.last_viewed_at) AS last_active,
        avg(s.progress) AS progress, sum(s.required_items) AS required,
        sum(s.required_completed) AS required_completed
    FROM progress.team_members AS m
    LEFT JOIN progress.user_summary AS s ON s.user_id = m.user_id AND s.tenant_id = %(tenant)s::uuid
    WHERE m.tenant_id = %(tenant)s::uuid AND m.role = 'member'
    GROUP BY team_id
) AS m USING (team_id)
WHERE t.tenant_id = %(tenant)s::uuid
