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
