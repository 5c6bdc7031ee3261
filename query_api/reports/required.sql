-- Each item that is required of the people of the common table expression `members`, with their progress of it.
-- IS TRUE keeps the planner to the indexes that lead by person, and LIMIT to looking rows up one by one: it would
-- otherwise read all rows of the tenant. An item is due at the earlier of its date and its days, which are
-- counted from a later attempt; what was required, or begun again, only after that date is not overdue.
required AS MATERIALIZED (
    SELECT
        m.user_id, q.content_id, q.required_since, d.counted_from, d.due_at, p.completed_at,
        coalesce(p.status, 'not_started') AS status, coalesce(p.progress_percentage, 0) AS progress,
        coalesce(
            d.due_at < %(now)s::timestamptz AND d.counted_from < d.due_at
            AND p.status IS DISTINCT FROM 'completed',
            false
        ) AS overdue
    FROM members AS m
    JOIN progress.requirements AS q
        ON q.user_id = m.user_id AND (q.tenant_id = %(tenant)s::uuid) IS TRUE
    LEFT JOIN LATERAL (
        SELECT status, progress_percentage, completed_at, attempt_at FROM progress.user_progress
        WHERE user_id = q.user_id AND content_id = q.content_id AND (tenant_id = %(tenant)s::uuid) IS TRUE
        LIMIT 1
    ) AS p ON true
    CROSS JOIN LATERAL (SELECT greatest(q.required_since, p.attempt_at) AS counted_from) AS f
    CROSS JOIN LATERAL (
        SELECT
            f.counted_from,
            least(q.due_at, f.counted_from + make_interval(days => q.due_after_days)) AS due_at
    ) AS d
)
