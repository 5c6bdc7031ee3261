-- with
sent AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
        index int, team_id uuid, name text, members jsonb
    )
),
listed AS (
    SELECT s.index, s.team_id, m.user_id, m.role, m.place
    FROM sent AS s, ROWS FROM (jsonb_to_recordset(s.members) AS (user_id uuid, role text))
        WITH ORDINALITY AS m (user_id, role, place)
)

-- refused
SELECT n.index, format('members[%%s].userId', n.place - 1), 'person' FROM listed AS n
WHERE NOT EXISTS (
    SELECT FROM progress.people AS p WHERE p.tenant_id = %(tenant)s AND p.user_id = n.user_id
)

-- store
MERGE INTO progress.teams AS o USING sent AS n
ON o.tenant_id = %(tenant)s AND o.team_id = n.team_id
WHEN MATCHED AND o.name <> n.name THEN UPDATE SET name = n.name, updated_at = clock_timestamp()
WHEN NOT MATCHED THEN INSERT (tenant_id, team_id, name, updated_at)
VALUES (%(tenant)s, n.team_id, n.name, clock_timestamp())
RETURNING n.index
;
DELETE FROM progress.team_members AS o USING sent AS n
WHERE o.tenant_id = %(tenant)s AND o.team_id = n.team_id AND n.members IS NOT NULL
    AND (o.team_id, o.user_id) NOT IN (SELECT l.team_id, l.user_id FROM listed AS l)
RETURNING n.index
;
MERGE INTO progress.team_members AS o USING listed AS n
ON o.tenant_id = %(tenant)s AND o.team_id = n.team_id AND o.user_id = n.user_id
WHEN MATCHED AND o.role <> n.role THEN UPDATE SET role = n.role
WHEN NOT MATCHED THEN INSERT (tenant_id, team_id, user_id, role)
VALUES (%(tenant)s, n.team_id, n.user_id, n.role)
RETURNING n.index

-- remove
DELETE FROM progress.assignments AS o USING sent AS n
WHERE o.tenant_id = %(tenant)s AND o.target = 'team' AND o.target_id = n.team_id
RETURNING n.index
;
DELETE FROM progress.teams AS o USING sent AS n
WHERE o.tenant_id = %(tenant)s AND o.team_id = n.team_id
RETURNING n.index
