-- Deletes the sessions of a merged person that are stored as the other's: those that both states have by their keys. A
-- visit without a client's id may have become part of one of the other's.
WITH gone AS (
    DELETE FROM progress.sessions AS s
    USING unnest(%(contents)s::uuid[], %(keys)s::text[]) AS k (content_id, session_key)
    WHERE s.tenant_id = %(tenant)s AND s.user_id = %(source)s
        AND s.content_id = k.content_id AND s.session_key = k.session_key
        AND (
            s.session_key LIKE '~%%'
            OR EXISTS (
                SELECT FROM progress.sessions AS o
                WHERE o.tenant_id = s.tenant_id AND o.user_id = %(into)s
                    AND o.content_id = s.content_id AND o.session_key = s.session_key
            )
        )
    RETURNING s.tenant_id, s.user_id, s.started_at, s.wall_ms
),
changed AS (
    SELECT tenant_id, day, user_id, -count(*) AS sessions, -sum(wall_ms) AS wall_ms
    FROM gone
    LEFT JOIN progress.day_zones AS z USING (tenant_id)
    CROSS JOIN LATERAL (
        SELECT (started_at AT TIME ZONE progress.zone_of(user_id, z.zone, z.next_zone, z.next_to))::date
    ) AS d (day)
    GROUP BY tenant_id, day, user_id
    ORDER BY tenant_id, day, user_id
),
