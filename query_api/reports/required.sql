-- Each item that is required of the people of the common table expression `members`, with their progress of it.
-- IS TRUE keeps the planner to the indexes that lead by person, and LIMIT to looking rows up one by one: it would
-- otherwise read all rows of the tenant. An item is due at the earlier of its date and its days; what was
-- required only after that date is not overdue.
required AS MATERIALIZED (
    SELECT
        m.user_id, q.content_id, q.required_since, d.due_at, p.completed_at,
        coalesce(p.status, 'not_started') AS status, coalesce(p.progress_percentage, 0) AS progress,
        coalesce(
            d.due_at < %(now)s::timestamptz AND q.required_since < d.due_at
            AND p.status IS DISTINCT FROM 'completed',
            false
        ) AS overdue
    FROM members AS m
    JOIN progress.requirements AS q
        ON q.user_id = m.user_id AND (q.tenant_id = %(tenant)s::uuid) IS TRUE
    CROSS JOIN LATERAL (
        SELECT least(q.due_at, q.required_since + make_interval(days => q.due_after_days)) AS due_at
    ) AS d
    LEFT JOIN LATERAL (
        SELECT status, progress_percentage, completed_at FROM progress.user_progress
        WHERE user_id = q.user_id AND content_id = q.content_id AND (tenant_id = %(tenant)s::uuid) IS TRUE
        LIMIT 1
    ) AS p ON true
)
