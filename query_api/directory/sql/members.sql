-- with
sent AS (
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
MERGE INTO progress.team_members AS o USING sent AS n
ON o.tenant_id = %(tenant)s AND o.team_id = n.team_id AND o.user_id = n.user_id
WHEN MATCHED AND o.role <> n.role THEN UPDATE SET role = n.role
WHEN NOT MATCHED THEN INSERT (tenant_id, team_id, user_id, role)
VALUES (%(tenant)s, n.team_id, n.user_id, n.role)
RETURNING n.index

-- remove
DELETE FROM progress.team_members AS o USING sent AS n
WHERE o.tenant_id = %(tenant)s AND o.team_id = n.team_id AND o.user_id = n.user_id
RETURNING n.index
