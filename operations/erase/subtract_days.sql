-- Subtract the person from the figures of the days.
INSERT INTO progress.daily_activity AS c (
    tenant_id, day, shard, people, sessions, wall_ms, started, completed
)
SELECT %(tenant)s, day, -1, -sum(people), -sum(sessions), -sum(wall_ms), -sum(started), -sum(completed)
FROM (
    SELECT day, 1 AS people, sessions, wall_ms, 0 AS started, 0 AS completed
    FROM progress.person_days WHERE tenant_id = %(tenant)s AND user_id = %(user)s
    UNION ALL
    SELECT (started_at AT TIME ZONE 'UTC')::date, 0, 0, 0, 1, 0
    FROM progress.user_progress
    WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND started_at IS NOT NULL
    UNION ALL
    SELECT (completed_at AT TIME ZONE 'UTC')::date, 0, 0, 0, 0, 1
    FROM progress.user_progress
    WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND completed_at IS NOT NULL
) AS theirs
GROUP BY day
ON CONFLICT (tenant_id, day, shard) DO UPDATE SET
    people = c.people + excluded.people,
    sessions = c.sessions + excluded.sessions,
    wall_ms = c.wall_ms + excluded.wall_ms,
    started = c.started + excluded.started,
    completed = c.completed + excluded.completed
