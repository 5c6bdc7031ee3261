-- What daily_activity must hold of items that were started and completed.
SELECT tenant_id, day, sum(moved.started) AS started, sum(moved.completed) AS completed
FROM progress.user_progress AS p
LEFT JOIN progress.day_zones AS z USING (tenant_id)
CROSS JOIN LATERAL (
    VALUES (p.started_at, 1, 0), (p.completed_at, 0, 1)
) AS moved (at, started, completed)
CROSS JOIN LATERAL (
    SELECT (at AT TIME ZONE progress.zone_of(user_id, z.zone, z.next_zone, z.next_to))::date
) AS d (day)
WHERE at IS NOT NULL
GROUP BY tenant_id, day
