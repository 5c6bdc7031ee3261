-- with
sent AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
        index int, team_id uuid, name text, members jsonb
    )
),
listed AS MATERIALIZED (
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
UPDATE progress.teams AS o SET
    name = n.name, updated_at = clock_timestamp()
FROM sent AS n
WHERE o.tenant_id = %(tenant)s AND o.team_id = n.team_id AND o.name <> n.name
RETURNING n.index
;
, added AS (
    INSERT INTO progress.teams (
        tenant_id, team_id, name, updated_at
    )
    SELECT
        %(tenant)s, n.team_id, n.name, clock_timestamp()
    FROM sent AS n
    WHERE NOT EXISTS (
        SELECT FROM progress.teams AS o
        WHERE o.tenant_id = %(tenant)s AND o.team_id = n.team_id
    )
    RETURNING team_id
)
SELECT n.index FROM added AS a JOIN sent AS n ON a.team_id = n.team_id
;
DELETE FROM progress.team_members AS o USING sent AS n
WHERE o.tenant_id = %(tenant)s AND o.team_id = n.team_id AND n.members IS NOT NULL
    AND (o.team_id, o.user_id) NOT IN (SELECT l.team_id, l.user_id FROM listed AS l)
RETURNING n.index
;
UPDATE progress.team_members AS o SET
    role = n.role
FROM listed AS n
WHERE o.tenant_id = %(tenant)s AND o.team_id = n.team_id AND o.user_id = n.user_id AND o.role <> n.role
RETURNING n.index
;
, added AS (
    INSERT INTO progress.team_members (
        tenant_id, team_id, user_id, role
    )
    SELECT
        %(tenant)s, n.team_id, n.user_id, n.role
    FROM listed AS n
    WHERE NOT EXISTS (
        SELECT FROM progress.team_members AS o
        WHERE o.tenant_id = %(tenant)s AND o.team_id = n.team_id AND o.user_id = n.user_id
    )
    RETURNING team_id, user_id
)
SELECT n.index FROM added AS a JOIN listed AS n ON a.team_id = n.team_id AND a.user_id = n.user_id

-- remove
DELETE FROM progress.assignments AS o USING sent AS n
WHERE o.tenant_id = %(tenant)s AND o.target = 'team' AND o.target_id = n.team_id
RETURNING n.index
;
DELETE FROM progress.teams AS o USING sent AS n
WHERE o.tenant_id = %(tenant)s AND o.team_id = n.team_id
RETURNING n.index
