SELECT m.user_id, e.display_name, e.name_key, e.email, cell.*
FROM (
    SELECT user_id FROM progress.team_members
    WHERE tenant_id = %(tenant)s::uuid AND team_id = %(team)s::uuid AND role = 'member'
) AS m
JOIN progress.people AS e ON e.tenant_id = %(tenant)s::uuid AND e.user_id = m.user_id
-- By person: the planner could otherwise read everybody's requirements of an item.
CROSS JOIN LATERAL (
    SELECT
        content_id, title, title_key, type, required_since, due_at, started, status, progress,
        last_viewed_at, completed_at, overdue
    FROM ({cells} WHERE q.user_id = m.user_id AND (q.tenant_id = %(tenant)s::uuid) IS TRUE) AS one
) AS cell
