-- Each item that is required of a member or was opened by one, archived items apart, in figures of the members.
SELECT
    content_id, c.title, c.title_key, c.type,
    count(*) FILTER (WHERE required) AS assigned,
    count(*) FILTER (WHERE required AND completed) AS completed_of_assigned,
    count(*) FILTER (WHERE required AND NOT started) AS not_started,
    count(*) FILTER (WHERE overdue) AS overdue,
    count(*) FILTER (WHERE started) AS started,
    count(*) FILTER (WHERE started AND completed) AS completed_of_started,
    avg(progress) FILTER (WHERE started) AS progress_of_started,
    min(due_at) FILTER (WHERE required AND NOT completed) AS next_due_at
FROM (
    SELECT user_id FROM progress.team_members
    WHERE tenant_id = %(tenant)s::uuid AND team_id = %(team)s::uuid AND role = 'member'
) AS m
CROSS JOIN LATERAL (
    SELECT
        content_id, q.user_id IS NOT NULL AS required, coalesce(p.status <> 'not_started', false) AS started,
        coalesce(p.status = 'completed', false) AS completed, p.progress_percentage AS progress, d.due_at,
        coalesce(
            d.due_at < %(now)s::timestamptz AND f.counted_from < d.due_at
            AND p.status IS DISTINCT FROM 'completed',
            false
        ) AS overdue
    FROM (
        SELECT content_id, status, progress_percentage, attempt_at FROM progress.user_progress
        WHERE user_id = m.user_id AND (tenant_id = %(tenant)s::uuid) IS TRUE
    ) AS p
    FULL JOIN (
        SELECT user_id, content_id, required_since, due_at, due_after_days FROM progress.requirements
        WHERE user_id = m.user_id AND (tenant_id = %(tenant)s::uuid) IS TRUE
    ) AS q USING (content_id)
    CROSS JOIN LATERAL (
        SELECT CASE WHEN q.user_id IS NOT NULL THEN greatest(q.required_since, p.attempt_at) END AS counted_from
    ) AS f
    CROSS JOIN LATERAL (
        SELECT least(q.due_at, f.counted_from + make_interval(days => q.due_after_days)) AS due_at
    ) AS d
) AS one
JOIN progress.content_items AS c USING (content_id)
WHERE c.tenant_id = %(tenant)s::uuid AND NOT c.archived
GROUP BY content_id, c.title, c.title_key, c.type
