-- with
sent AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
        index int, team_id uuid, user_id uuid, role text
    )
)

-- refused
SELECT n.index, 'teamId', 'team' FROM sent AS n
WHERE NOT EXISTS (
    SELECT FROM progress.teams AS t WHERE t.tenant_id = %(tenant)s AND t.team_id = n.team_id
)
UNION ALL
SELECT n.index, 'userId', 'person' FROM sent AS n
WHERE NOT EXISTS (
    SELECT FROM progress.people AS p WHERE p.tenant_id = %(tenant)s AND p.user_id = n.user_id
)

-- store
UPDATE progress.team_members AS o SET
    role = n.role
FROM sent AS n
WHERE o.tenant_id = %(tenant)s AND o.team_id = n.team_id AND o.user_id = n.user_id AND o.role <> n.role
RETURNING n.index
;
, added AS (
    INSERT INTO progress.team_members (
        tenant_id, team_id, user_id, role
    )
    SELECT
        %(tenant)s, n.team_id, n.user_id, n.role
    FROM sent AS n
    WHERE NOT EXISTS (
        SELECT FROM progress.team_members AS o
        WHERE o.tenant_id = %(tenant)s AND o.team_id = n.team_id AND o.user_id = n.user_id
    )
    RETURNING team_id, user_id
)
SELECT n.index FROM added AS a JOIN sent AS n ON a.team_id = n.team_id AND a.user_id = n.user_id

-- remove
DELETE FROM progress.team_members AS o USING sent AS n
WHERE o.tenant_id = %(tenant)s AND o.team_id = n.team_id AND o.user_id = n.user_id
RETURNING n.index
