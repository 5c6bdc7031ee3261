-- What daily_activity must hold of people and sessions, but for archived months.
SELECT tenant_id, day, count(*) AS people, sum(sessions) AS sessions, sum(wall_ms)::bigint AS wall_ms
FROM progress.person_days
WHERE NOT EXISTS (
    SELECT FROM progress.archives AS a
    WHERE a.dropped_at IS NOT NULL AND a.month = date_trunc('month', day::timestamp)::date
)
GROUP BY tenant_id, day
