-- Moves the days of a merged person to the other.
WITH changed AS (
    SELECT d.tenant_id, d.day, moved.user_id, moved.sessions, moved.wall_ms
    FROM progress.person_days AS d CROSS JOIN LATERAL (
        VALUES (d.user_id, -d.sessions, -d.wall_ms), (%(into)s::uuid, d.sessions, d.wall_ms)
    ) AS moved (user_id, sessions, wall_ms)
    WHERE d.tenant_id = %(tenant)s AND d.user_id = %(source)s
    ORDER BY d.tenant_id, d.day, moved.user_id
),
