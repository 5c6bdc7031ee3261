-- As `store_sessions.sql`, for servers before 18, which return no old values and take no MERGE within a statement: what
-- the sessions will change is counted first.
WITH stored AS MATERIALIZED (
    SELECT
    {stored}
    FROM (
        {incoming}
    ) AS i
    LEFT JOIN progress.sessions AS o
        ON (o.tenant_id = i.tenant_id) IS TRUE AND o.user_id = i.user_id AND o.content_id = i.content_id
        AND o.session_key = i.session_key AND o.started_at = i.started_at
),
{moved}
known_quarters AS MATERIALIZED (
    SELECT m.*, p.wall_ms AS old_wall_ms
    FROM moved AS m
    LEFT JOIN progress.person_quarters AS p
        ON p.tenant_id = m.tenant_id AND p.user_id = m.user_id AND p.quarter = m.quarter
),
emptied_quarters AS (
    DELETE FROM progress.person_quarters AS p USING known_quarters AS k
    WHERE k.old_wall_ms + k.wall_ms = 0
        AND p.tenant_id = k.tenant_id AND p.user_id = k.user_id AND p.quarter = k.quarter
),
changed_quarters AS (
    UPDATE progress.person_quarters AS p SET wall_ms = p.wall_ms + k.wall_ms FROM known_quarters AS k
    WHERE k.old_wall_ms + k.wall_ms <> 0
        AND p.tenant_id = k.tenant_id AND p.user_id = k.user_id AND p.quarter = k.quarter
),
new_quarters AS (
    INSERT INTO progress.person_quarters (tenant_id, user_id, quarter, wall_ms)
    SELECT tenant_id, user_id, quarter, wall_ms FROM known_quarters WHERE old_wall_ms IS NULL
),
quarters AS (
    SELECT
        tenant_id, user_id, to_timestamp(quarter * 900.0::float8) AS at,
        (least(coalesce(old_wall_ms, 0) + wall_ms, 900000) - least(coalesce(old_wall_ms, 0), 900000))::int AS wall_ms
    FROM known_quarters
),
{changed}
{days}
;
MERGE INTO progress.sessions AS s
USING (
    {incoming}
) AS i
{store}
