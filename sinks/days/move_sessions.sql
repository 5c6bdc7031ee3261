-- Moves the sessions of these people from the days of one zone to those of another. Those of archived months are not
-- in the table, so the days on which they were counted stay as they are.
WITH changed AS (
    SELECT s.tenant_id, moved.day, s.user_id, sum(moved.sessions) AS sessions, sum(moved.wall_ms) AS wall_ms
    FROM progress.sessions AS s CROSS JOIN LATERAL (
        VALUES
            ((s.started_at AT TIME ZONE %(zone)s)::date, -1, -s.wall_ms),
            ((s.started_at AT TIME ZONE %(next_zone)s)::date, 1, s.wall_ms)
    ) AS moved (day, sessions, wall_ms)
    WHERE s.tenant_id = %(tenant)s AND s.user_id = ANY(%(people)s::uuid[])
    GROUP BY s.tenant_id, moved.day, s.user_id
    HAVING sum(moved.sessions) <> 0 OR sum(moved.wall_ms) <> 0
    ORDER BY s.tenant_id, moved.day, s.user_id
),
people AS (
    MERGE INTO progress.person_days AS p
    USING changed AS c
    ON p.tenant_id = c.tenant_id AND p.day = c.day AND p.user_id = c.user_id
    WHEN MATCHED AND p.sessions + c.sessions = 0 THEN DELETE
    WHEN MATCHED THEN UPDATE SET sessions = p.sessions + c.sessions, wall_ms = p.wall_ms + c.wall_ms
    WHEN NOT MATCHED THEN INSERT (tenant_id, day, user_id, sessions, wall_ms)
        VALUES (c.tenant_id, c.day, c.user_id, c.sessions, c.wall_ms)
    RETURNING
        CASE merge_action() WHEN 'INSERT' THEN 1 WHEN 'DELETE' THEN -1 ELSE 0 END AS people,
        c.tenant_id, c.day, c.sessions, c.wall_ms
)
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
