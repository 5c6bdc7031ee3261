-- The parts that both forms of the statement have, see `store_sessions.sql`.

-- [incoming]
SELECT
    *,
    to_timestamp(started_ms / 1000.0::float8) AS started_at,
    to_timestamp(last_ms / 1000.0::float8) AS last_at
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

-- [store]
ON (s.tenant_id = i.tenant_id) IS TRUE AND s.user_id = i.user_id AND s.content_id = i.content_id
    AND s.session_key = i.session_key AND s.started_at = i.started_at
WHEN MATCHED THEN UPDATE SET
    last_at = i.last_at,
    watched = i.watched,
    pages = i.pages,
    watch_ms = i.watch_ms,
    wall_ms = i.wall_ms,
    content_ms = i.content_ms,
    position_ms = i.position_ms,
    scroll_position = i.scroll_position,
    ended = i.ended,
    quarters = i.quarters
WHEN NOT MATCHED THEN INSERT (
    tenant_id, user_id, content_id, session_key, started_at, last_at,
    watched, pages, watch_ms, wall_ms, content_ms, position_ms, scroll_position, ended, quarters
) VALUES (
    i.tenant_id, i.user_id, i.content_id, i.session_key, i.started_at, i.last_at,
    i.watched, i.pages, i.watch_ms, i.wall_ms, i.content_ms, i.position_ms, i.scroll_position, i.ended, i.quarters
)

-- [stored]
i.tenant_id, i.user_id, i.content_id, i.session_key, i.started_at, i.last_at, o.user_id IS NULL AS is_new,
i.started_ms, i.last_ms, i.wall_ms, i.quarters,
(date_part('epoch', o.last_at) * 1000)::bigint AS old_last_ms,
o.wall_ms AS old_wall_ms, o.quarters AS old_quarters

-- [moved]
replaced_named AS (
    DELETE FROM progress.sessions AS s
    USING stored AS n
    WHERE n.is_new AND n.session_key NOT LIKE '~%%'
        AND (s.tenant_id = n.tenant_id) IS TRUE AND s.user_id = n.user_id AND s.content_id = n.content_id
        AND s.session_key = n.session_key
        AND s.started_at > n.started_at AND s.started_at <= n.last_at
    RETURNING s.*
),
replaced_visits AS (
    DELETE FROM progress.sessions AS s
    USING stored AS n
    WHERE n.session_key LIKE '~%%'
        AND (s.tenant_id = n.tenant_id) IS TRUE AND s.user_id = n.user_id AND s.content_id = n.content_id
        AND s.session_key LIKE '~%%'
        AND s.started_at > n.started_at AND s.started_at <= n.last_at
    RETURNING s.*
),
replaced AS (
    SELECT * FROM replaced_named UNION ALL SELECT * FROM replaced_visits
),
-- The watch time that each session has and had, and when it begins and ends. As `progress.quarters_of` spreads it.
times AS MATERIALIZED (
    SELECT
        tenant_id, user_id,
        wall_ms, last_ms AS ends, CASE WHEN wall_ms <> 0 THEN quarters END AS quarters,
        CASE WHEN wall_ms <> 0 THEN greatest(least(started_ms, last_ms - wall_ms), last_ms - 5184000000) END AS begins,
        old_wall_ms, old_last_ms AS old_ends, CASE WHEN old_wall_ms <> 0 THEN old_quarters END AS old_quarters,
        CASE
            WHEN old_wall_ms <> 0
            THEN greatest(least(started_ms, old_last_ms - old_wall_ms), old_last_ms - 5184000000)
        END AS old_begins
    FROM stored
    UNION ALL
    SELECT
        tenant_id, user_id, 0, NULL, NULL, NULL,
        wall_ms, last_ms, quarters, greatest(least(started_ms, last_ms - wall_ms), last_ms - 5184000000)
    FROM (
        SELECT
            *,
            (date_part('epoch', started_at) * 1000)::bigint AS started_ms,
            (date_part('epoch', last_at) * 1000)::bigint AS last_ms
        FROM replaced WHERE wall_ms <> 0
    ) AS r
),
moved AS (
    SELECT tenant_id, user_id, quarter, sum(wall_ms)::bigint AS wall_ms
    FROM (
        SELECT
            tenant_id, user_id, quarter,
            (coalesce(
                CASE
                    WHEN quarters IS NOT NULL
                    THEN CASE WHEN quarter >= quarters[1] THEN quarters[quarter - quarters[1] + 2] END
                    WHEN begins = ends THEN CASE WHEN quarter = begins / 900000 THEN wall_ms END
                    ELSE wall_ms * (greatest(least(ends, (quarter + 1) * 900000::bigint), begins) - begins)
                            / (ends - begins)
                        - wall_ms * (least(greatest(begins, quarter * 900000::bigint), ends) - begins) / (ends - begins)
                END, 0
            ) - coalesce(
                CASE
                    WHEN old_quarters IS NOT NULL
                    THEN CASE WHEN quarter >= old_quarters[1] THEN old_quarters[quarter - old_quarters[1] + 2] END
                    WHEN old_begins = old_ends THEN CASE WHEN quarter = old_begins / 900000 THEN old_wall_ms END
                    ELSE old_wall_ms
                            * (greatest(least(old_ends, (quarter + 1) * 900000::bigint), old_begins) - old_begins)
                            / (old_ends - old_begins)
                        - old_wall_ms
                            * (least(greatest(old_begins, quarter * 900000::bigint), old_ends) - old_begins)
                            / (old_ends - old_begins)
                END, 0
            ))::int AS wall_ms
        FROM (
            SELECT
                *,
                generate_series(
                    least(
                        coalesce(quarters[1], (begins / 900000)::int),
                        coalesce(old_quarters[1], (old_begins / 900000)::int)
                    ),
                    greatest(
                        coalesce(
                            quarters[1] + cardinality(quarters) - 2, (greatest(begins, ends - 1) / 900000)::int
                        ),
                        coalesce(
                            old_quarters[1] + cardinality(old_quarters) - 2,
                            (greatest(old_begins, old_ends - 1) / 900000)::int
                        )
                    )
                ) AS quarter
            FROM times
        ) AS each
    ) AS each
    GROUP BY tenant_id, user_id, quarter
    HAVING sum(wall_ms) <> 0
    ORDER BY tenant_id, user_id, quarter
),

-- [changed]
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
