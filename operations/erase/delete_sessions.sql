-- Delete the sessions, and count them by month.
WITH gone AS (
    DELETE FROM progress.sessions WHERE tenant_id = %(tenant)s AND user_id = %(user)s RETURNING started_at
)
SELECT to_char(started_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, count(*)
FROM gone GROUP BY month ORDER BY month
