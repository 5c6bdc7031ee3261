-- What person_days must hold, but for archived months: their sessions are in a file, and who was active on
-- their days is not kept. A day at the edge of such a month has sessions on either side, by the zone.
SELECT tenant_id, day, user_id, sum(sessions) AS sessions, sum(wall_ms)::bigint AS wall_ms
FROM (
    SELECT tenant_id, user_id, started_at AS at, 1 AS sessions, 0 AS wall_ms FROM progress.sessions
    UNION ALL
    SELECT tenant_id, user_id, to_timestamp(quarter * 900.0::float8), 0, least(wall_ms, 900000)
    FROM progress.person_quarters
) AS each
LEFT JOIN progress.day_zones AS z USING (tenant_id)
CROSS JOIN LATERAL (
    SELECT (at AT TIME ZONE progress.zone_of(user_id, z.zone, z.next_zone, z.next_to))::date
) AS d (day)
WHERE
    NOT EXISTS (
        SELECT FROM progress.archives AS a
        WHERE a.dropped_at IS NOT NULL AND day >= a.month - 1 AND day <= a.month + interval '1 month'
    )
    AND (z.recount OR (z.zone = z.next_zone AND user_id > z.next_to)) IS NOT TRUE
GROUP BY tenant_id, day, user_id
