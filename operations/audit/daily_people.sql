-- What daily_activity must hold of people and sessions, but for archived months.
SELECT tenant_id, day, count(*) AS people, sum(sessions) AS sessions, sum(wall_ms)::bigint AS wall_ms
FROM progress.person_days
WHERE NOT EXISTS (
    SELECT FROM progress.archives AS a
    WHERE a.dropped_at IS NOT NULL AND day >= a.month - 1 AND day <= a.month + interval '1 month'
)
GROUP BY tenant_id, day
