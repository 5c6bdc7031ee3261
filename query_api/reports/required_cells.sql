-- Each item that is required of a person now, with their progress of it; never opened where there is none.
-- It is due at the earlier of its date and its days, which are counted from a later attempt. What was required, or
-- begun again, only after that date is not overdue.
SELECT
    q.user_id, q.content_id, c.title, c.title_key, c.type, q.required_since, d.due_at,
    coalesce(p.status <> 'not_started', false) AS started, coalesce(p.status, 'not_started') AS status,
    coalesce(p.progress_percentage, 0) AS progress, p.last_viewed_at, p.completed_at,
    coalesce(
        d.due_at < %(now)s::timestamptz AND f.counted_from < d.due_at
        AND p.status IS DISTINCT FROM 'completed',
        false
    ) AS overdue
FROM progress.requirements AS q
JOIN progress.content_items AS c
    ON c.tenant_id = %(tenant)s::uuid AND c.content_id = q.content_id
LEFT JOIN progress.user_progress AS p
    ON p.user_id = q.user_id AND p.content_id = q.content_id
        AND (p.tenant_id = %(tenant)s::uuid) IS TRUE
CROSS JOIN LATERAL (SELECT greatest(q.required_since, p.attempt_at) AS counted_from) AS f
CROSS JOIN LATERAL (
    SELECT least(q.due_at, f.counted_from + make_interval(days => q.due_after_days)) AS due_at
) AS d
