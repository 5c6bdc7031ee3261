-- Figures for each member, over their curriculum: the counters of `user_summary`, and what depends on the time.
figures AS MATERIALIZED (
    SELECT
        m.user_id, m.joined_at, s.progress, s.required_since,
        coalesce(s.curriculum_items, 0) AS items,
        coalesce(s.curriculum_completed, 0) AS completed_items,
        coalesce(s.curriculum_in_progress, 0) AS in_progress_items,
        coalesce(s.required_items, 0) AS required,
        coalesce(s.required_completed, 0) AS required_completed,
        coalesce(s.optional_completed + s.optional_in_progress, 0) AS optional_items,
        coalesce(s.optional_completed, 0) AS optional_completed,
        coalesce(s.optional_in_progress, 0) AS optional_in_progress,
        coalesce(r.overdue, 0) AS overdue, r.open_since,
        s.last_viewed_at AS last_active, coalesce(s.wall_ms, 0) AS wall_ms
    FROM members AS m
    LEFT JOIN progress.user_summary AS s
        ON s.user_id = m.user_id AND s.tenant_id = %(tenant)s::uuid
    LEFT JOIN (
        SELECT
            user_id, count(*) FILTER (WHERE overdue) AS overdue,
            min(counted_from) FILTER (WHERE status <> 'completed') AS open_since
        FROM required GROUP BY user_id
    ) AS r ON r.user_id = m.user_id
)
