-- What person_days must hold, but for archived months: their sessions are in a file, and who was active on
-- their days is not kept. A day at the edge of such a month has sessions on either side, by the zone.
SELECT tenant_id, day, user_id, count(*) AS sessions, sum(s.wall_ms) AS wall_ms
FROM progress.sessions AS s
LEFT JOIN progress.day_zones AS z USING (tenant_id)
CROSS JOIN LATERAL (
    SELECT (started_at AT TIME ZONE progress.zone_of(user_id, z.zone, z.next_zone, z.next_to))::date
) AS d (day)
WHERE NOT EXISTS (
    SELECT FROM progress.archives AS a
    WHERE a.dropped_at IS NOT NULL AND day >= a.month - 1 AND day <= a.month + interval '1 month'
)
GROUP BY tenant_id, day, user_id
