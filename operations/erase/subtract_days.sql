-- Subtract the person from the figures of the days.
INSERT INTO progress.daily_activity AS c (
    tenant_id, day, shard, people, sessions, wall_ms, started, completed
)
SELECT %(tenant)s, day, -1, -sum(people), -sum(sessions), -sum(wall_ms), -sum(started), -sum(completed)
FROM (
    SELECT day, 1 AS people, sessions, wall_ms, 0 AS started, 0 AS completed
    FROM progress.person_days WHERE tenant_id = %(tenant)s AND user_id = %(user)s
    UNION ALL
    SELECT (at AT TIME ZONE progress.zone_of(user_id, z.zone, z.next_zone, z.next_to))::date, 0, 0, 0,
        moved.started, moved.completed
    FROM progress.user_progress
    LEFT JOIN progress.day_zones AS z USING (tenant_id)
    CROSS JOIN LATERAL (
        VALUES (started_at, 1, 0), (completed_at, 0, 1)
    ) AS moved (at, started, completed)
    WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND at IS NOT NULL
) AS theirs
GROUP BY day
ON CONFLICT (tenant_id, day, shard) DO UPDATE SET
    people = c.people + excluded.people,
    sessions = c.sessions + excluded.sessions,
    wall_ms = c.wall_ms + excluded.wall_ms,
    started = c.started + excluded.started,
    completed = c.completed + excluded.completed
