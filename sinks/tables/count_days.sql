-- Ends `add_to_days.sql`.
INSERT INTO progress.daily_activity AS d (
    tenant_id, day, shard, people, sessions, wall_ms, started, completed
)
SELECT tenant_id, day, %(shard)s, sum(people), sum(sessions), sum(wall_ms), 0, 0
FROM people
GROUP BY tenant_id, day
ORDER BY tenant_id, day
ON CONFLICT (tenant_id, day, shard) DO UPDATE SET
    people = d.people + excluded.people,
    sessions = d.sessions + excluded.sessions,
    wall_ms = d.wall_ms + excluded.wall_ms
