-- Subtract a person from the figures of days whose rows were dropped from the database.
INSERT INTO progress.daily_activity AS c (
    tenant_id, day, shard, people, sessions, wall_ms, started, completed
)
SELECT %(tenant)s, day, -1, -1, -sessions, -wall_ms, 0, 0
FROM unnest(%(days)s::date[], %(sessions)s::bigint[], %(wall_ms)s::bigint[])
    AS theirs (day, sessions, wall_ms)
ON CONFLICT (tenant_id, day, shard) DO UPDATE SET
    people = c.people + excluded.people,
    sessions = c.sessions + excluded.sessions,
    wall_ms = c.wall_ms + excluded.wall_ms
