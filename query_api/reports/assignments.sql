SELECT
    q.content_id, c.title, c.title_key, c.type, q.due_at, p.completed_at,
    coalesce(p.status, 'not_started') AS status, coalesce(p.progress_percentage, 0) AS progress,
    coalesce(q.due_at < %(now)s::timestamptz AND p.status IS DISTINCT FROM 'completed', false)
        AS overdue
FROM required AS q
JOIN progress.content_items AS c
    ON c.tenant_id = %(tenant)s::uuid AND c.content_id = q.content_id
LEFT JOIN progress.user_progress AS p
    ON p.user_id = %(user)s::uuid AND p.content_id = q.content_id
        AND (p.tenant_id = %(tenant)s::uuid) IS TRUE
