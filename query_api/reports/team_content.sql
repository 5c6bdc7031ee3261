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
        content_id, q.user_id IS NOT NULL AS required, p.id IS NOT NULL AS started,
        coalesce(p.status = 'completed', false) AS completed, p.progress_percentage AS progress, q.due_at,
        coalesce(
            q.due_at < %(now)s::timestamptz AND q.required_since < q.due_at
            AND p.status IS DISTINCT FROM 'completed',
            false
        ) AS overdue
    FROM (
        SELECT id, content_id, status, progress_percentage FROM progress.user_progress
        WHERE user_id = m.user_id AND (tenant_id = %(tenant)s::uuid) IS TRUE
    ) AS p
    FULL JOIN (
        SELECT
            user_id, content_id, required_since,
            least(due_at, required_since + make_interval(days => due_after_days)) AS due_at
        FROM progress.requirements
        WHERE user_id = m.user_id AND (tenant_id = %(tenant)s::uuid) IS TRUE
    ) AS q USING (content_id)
) AS one
JOIN progress.content_items AS c USING (content_id)
WHERE c.tenant_id = %(tenant)s::uuid AND NOT c.archived
GROUP BY content_id, c.title, c.title_key, c.type
