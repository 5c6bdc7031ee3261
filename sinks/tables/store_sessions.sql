-- Stores the incoming sessions, and adds what they change to the counters of days and of people's days.
--
-- Also deletes the rows that they replace: a session that now began earlier, and a visit that now is part of
-- another. Both began within the row's own time, since sessions only ever grow. Each of the two has an index
-- (migration 0007), to which IS TRUE keeps the planner: the primary key leads by all sessions that the person
-- began since. A named session whose row has the same start has replaced nothing.
--
-- Sessions of a month that was archived are left out: its file has them, and they were counted. The fence of the
-- positions also guards a person's quarters of an hour and days; a day of which nothing is left is deleted.
--
-- Watch time is counted in the quarters of an hour in which it was spent, and a person's quarter holds a quarter of an
-- hour at most, over all items: days and the person's sum take what each quarter changes by, within that.
WITH stored AS (
    INSERT INTO progress.sessions AS s (
        tenant_id, user_id, content_id, session_key, started_at, last_at,
        watched, pages, watch_ms, wall_ms, content_ms, position_ms, scroll_position, ended, quarters
    )
    SELECT
        tenant_id, user_id, content_id, session_key,
        to_timestamp(started_ms / 1000.0::float8), to_timestamp(last_ms / 1000.0::float8),
        watched, pages, watch_ms, wall_ms, content_ms, position_ms, scroll_position, ended, quarters
    FROM pg_temp.incoming_sessions
    WHERE
        started_ms >= coalesce((
            SELECT (extract(epoch FROM max(month) + interval '1 month') * 1000)::bigint
            FROM progress.archives WHERE dropped_at IS NOT NULL
        ), 0)
        OR NOT EXISTS (
            SELECT FROM progress.archives
            WHERE dropped_at IS NOT NULL AND month = date_trunc(
                'month', to_timestamp(started_ms / 1000.0::float8) AT TIME ZONE 'UTC'
            )::date
        )
    ON CONFLICT (tenant_id, user_id, started_at, content_id, session_key) DO UPDATE SET
        last_at = excluded.last_at,
        watched = excluded.watched,
        pages = excluded.pages,
        watch_ms = excluded.watch_ms,
        wall_ms = excluded.wall_ms,
        content_ms = excluded.content_ms,
        position_ms = excluded.position_ms,
        scroll_position = excluded.scroll_position,
        ended = excluded.ended,
        quarters = excluded.quarters
    RETURNING WITH (OLD AS o, NEW AS n)
        n.tenant_id, n.user_id, n.content_id, n.session_key, n.started_at, n.last_at, n.wall_ms, n.quarters,
        o.last_at AS old_last_at, o.wall_ms AS old_wall_ms, o.quarters AS old_quarters, o.user_id IS NULL AS is_new
),
replaced_named AS (
    DELETE FROM progress.sessions AS s
    USING stored AS n
    WHERE n.is_new AND n.session_key NOT LIKE '~%%'
        AND (s.tenant_id = n.tenant_id) IS TRUE AND s.user_id = n.user_id AND s.content_id = n.content_id
        AND s.session_key = n.session_key
        AND s.started_at > n.started_at AND s.started_at <= n.last_at
    RETURNING s.tenant_id, s.user_id, s.started_at, s.last_at, s.wall_ms, s.quarters
),
replaced_visits AS (
    DELETE FROM progress.sessions AS s
    USING stored AS n
    WHERE n.session_key LIKE '~%%'
        AND (s.tenant_id = n.tenant_id) IS TRUE AND s.user_id = n.user_id AND s.content_id = n.content_id
        AND s.session_key LIKE '~%%'
        AND s.started_at > n.started_at AND s.started_at <= n.last_at
    RETURNING s.tenant_id, s.user_id, s.started_at, s.last_at, s.wall_ms, s.quarters
),
replaced AS (
    SELECT * FROM replaced_named UNION ALL SELECT * FROM replaced_visits
),
moved AS (
    SELECT tenant_id, user_id, quarter, sum(wall_ms) AS wall_ms
    FROM (
        SELECT tenant_id, user_id, q.quarter, q.wall_ms
        FROM stored AS s
        CROSS JOIN LATERAL progress.quarters_of(s.started_at, s.last_at, s.wall_ms, s.quarters) AS q
        UNION ALL
        SELECT tenant_id, user_id, q.quarter, -q.wall_ms
        FROM stored AS s
        CROSS JOIN LATERAL progress.quarters_of(s.started_at, old_last_at, old_wall_ms, old_quarters) AS q
        WHERE NOT is_new
        UNION ALL
        SELECT tenant_id, user_id, q.quarter, -q.wall_ms
        FROM replaced AS s
        CROSS JOIN LATERAL progress.quarters_of(s.started_at, s.last_at, s.wall_ms, s.quarters) AS q
    ) AS each
    GROUP BY tenant_id, user_id, quarter
    HAVING sum(wall_ms) <> 0
    ORDER BY tenant_id, user_id, quarter
),
quarters AS (
    MERGE INTO progress.person_quarters AS p
    USING moved AS m
    ON p.tenant_id = m.tenant_id AND p.user_id = m.user_id AND p.quarter = m.quarter
    WHEN MATCHED AND p.wall_ms + m.wall_ms = 0 THEN DELETE
    WHEN MATCHED THEN UPDATE SET wall_ms = p.wall_ms + m.wall_ms
    WHEN NOT MATCHED THEN INSERT (tenant_id, user_id, quarter, wall_ms)
        VALUES (m.tenant_id, m.user_id, m.quarter, m.wall_ms)
    RETURNING WITH (OLD AS o, NEW AS n)
        m.tenant_id, m.user_id, to_timestamp(m.quarter * 900.0::float8) AS at,
        least(coalesce(n.wall_ms, 0), 900000) - least(coalesce(o.wall_ms, 0), 900000) AS wall_ms
),
spent AS (
    UPDATE progress.user_summary AS s SET wall_ms = s.wall_ms + q.wall_ms
    FROM (
        SELECT tenant_id, user_id, sum(wall_ms) AS wall_ms FROM quarters
        GROUP BY tenant_id, user_id HAVING sum(wall_ms) <> 0 ORDER BY user_id, tenant_id
    ) AS q
    WHERE s.user_id = q.user_id AND (s.tenant_id = q.tenant_id) IS TRUE
),
changed AS (
    SELECT tenant_id, day, user_id, sum(sessions) AS sessions, sum(wall_ms) AS wall_ms
    FROM (
        SELECT tenant_id, started_at AS at, user_id, 1 AS sessions, 0 AS wall_ms FROM stored WHERE is_new
        UNION ALL
        SELECT tenant_id, started_at, user_id, -1, 0 FROM replaced
        UNION ALL
        SELECT tenant_id, at, user_id, 0, wall_ms FROM quarters
    ) AS each
    LEFT JOIN progress.day_zones AS z USING (tenant_id)
    CROSS JOIN LATERAL (
        SELECT (at AT TIME ZONE progress.zone_of(user_id, z.zone, z.next_zone, z.next_to))::date
    ) AS d (day)
    GROUP BY tenant_id, day, user_id
    HAVING sum(sessions) <> 0 OR sum(wall_ms) <> 0
    ORDER BY tenant_id, day, user_id
),
