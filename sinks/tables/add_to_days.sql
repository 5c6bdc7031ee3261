-- Adds `changed`, the sessions and the watch time by which people's days differ, to those days and to the counters of
-- days. It ends a statement that begins with the common table expression `changed`.
people AS (
    MERGE INTO progress.person_days AS p
    USING changed AS c
    ON p.tenant_id = c.tenant_id AND p.day = c.day AND p.user_id = c.user_id
    WHEN MATCHED AND p.sessions + c.sessions = 0 AND p.wall_ms + c.wall_ms = 0 THEN DELETE
    WHEN MATCHED THEN UPDATE SET sessions = p.sessions + c.sessions, wall_ms = p.wall_ms + c.wall_ms
    WHEN NOT MATCHED THEN INSERT (tenant_id, day, user_id, sessions, wall_ms)
        VALUES (c.tenant_id, c.day, c.user_id, c.sessions, c.wall_ms)
    RETURNING
        CASE merge_action() WHEN 'INSERT' THEN 1 WHEN 'DELETE' THEN -1 ELSE 0 END AS people,
        c.tenant_id, c.day, c.sessions, c.wall_ms
)
