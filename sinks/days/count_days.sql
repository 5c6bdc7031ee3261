-- Moves the sessions and the watch time of these people to the days of a zone: `changed` is what those differ by from
-- the days that are stored. Days of archived months stay as they are, since their sessions are not in the table.
WITH made AS (
    SELECT user_id, day, sum(sessions) AS sessions, sum(wall_ms) AS wall_ms
    FROM (
        SELECT user_id, (started_at AT TIME ZONE %(next_zone)s)::date AS day, 1 AS sessions, 0 AS wall_ms
        FROM progress.sessions WHERE tenant_id = %(tenant)s AND user_id = ANY(%(people)s::uuid[])
        UNION ALL
        SELECT
            user_id, (to_timestamp(quarter * 900.0::float8) AT TIME ZONE %(next_zone)s)::date, 0,
            least(wall_ms, 900000)
        FROM progress.person_quarters WHERE tenant_id = %(tenant)s AND user_id = ANY(%(people)s::uuid[])
    ) AS each
    GROUP BY user_id, day
),
said AS (
    SELECT user_id, day, sessions, wall_ms
    FROM progress.person_days WHERE tenant_id = %(tenant)s AND user_id = ANY(%(people)s::uuid[])
),
changed AS (
    SELECT
        %(tenant)s::uuid AS tenant_id, day, user_id,
        coalesce(m.sessions, 0) - coalesce(s.sessions, 0) AS sessions,
        coalesce(m.wall_ms, 0) - coalesce(s.wall_ms, 0) AS wall_ms
    FROM made AS m FULL JOIN said AS s USING (user_id, day)
    WHERE
        (coalesce(m.sessions, 0), coalesce(m.wall_ms, 0)) <> (coalesce(s.sessions, 0), coalesce(s.wall_ms, 0))
        AND NOT EXISTS (
            SELECT FROM progress.archives AS a
            WHERE a.dropped_at IS NOT NULL AND day >= a.month AND day < a.month + interval '1 month'
        )
    ORDER BY day, user_id
),
