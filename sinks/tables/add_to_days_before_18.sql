-- As `add_to_days.sql`, for servers before 18.
known_days AS MATERIALIZED (
    SELECT
        c.tenant_id, c.day, c.user_id, c.sessions, c.wall_ms,
        p.user_id IS NULL AS is_new, p.sessions + c.sessions = 0 AND p.wall_ms + c.wall_ms = 0 AS is_empty
    FROM changed AS c
    LEFT JOIN progress.person_days AS p
        ON p.tenant_id = c.tenant_id AND p.day = c.day AND p.user_id = c.user_id
),
emptied_days AS (
    DELETE FROM progress.person_days AS p USING known_days AS k
    WHERE k.is_empty AND p.tenant_id = k.tenant_id AND p.day = k.day AND p.user_id = k.user_id
),
changed_days AS (
    UPDATE progress.person_days AS p SET sessions = p.sessions + k.sessions, wall_ms = p.wall_ms + k.wall_ms
    FROM known_days AS k
    WHERE NOT k.is_empty AND p.tenant_id = k.tenant_id AND p.day = k.day AND p.user_id = k.user_id
),
new_days AS (
    INSERT INTO progress.person_days (tenant_id, day, user_id, sessions, wall_ms)
    SELECT tenant_id, day, user_id, sessions, wall_ms FROM known_days WHERE is_new
),
people AS (
    SELECT
        CASE WHEN is_new THEN 1 WHEN is_empty THEN -1 ELSE 0 END AS people,
        tenant_id, day, sessions, wall_ms
    FROM known_days
)
