-- with
sent AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
        index int, user_id uuid, display_name text, email text
    )
)

-- refused
SELECT n.index, 'userId', 'erased' FROM sent AS n
JOIN progress.erased_people AS e ON e.tenant_id = %(tenant)s AND e.user_id = n.user_id

-- store
UPDATE progress.people AS o SET
    display_name = n.display_name, email = n.email, updated_at = clock_timestamp()
FROM sent AS n
WHERE o.tenant_id = %(tenant)s AND o.user_id = n.user_id
    AND (o.display_name, o.email) IS DISTINCT FROM (n.display_name, n.email)
RETURNING n.index
;
, added AS (
    INSERT INTO progress.people (
        tenant_id, user_id, display_name, email, updated_at
    )
    SELECT
        %(tenant)s, n.user_id, n.display_name, n.email, clock_timestamp()
    FROM sent AS n
    WHERE NOT EXISTS (
        SELECT FROM progress.people AS o
        WHERE o.tenant_id = %(tenant)s AND o.user_id = n.user_id
    )
    RETURNING user_id
)
SELECT n.index FROM added AS a JOIN sent AS n ON a.user_id = n.user_id

-- remove
DELETE FROM progress.assignments AS o USING sent AS n
WHERE o.tenant_id = %(tenant)s AND o.target = 'person' AND o.target_id = n.user_id
RETURNING n.index
;
DELETE FROM progress.people AS o USING sent AS n
WHERE o.tenant_id = %(tenant)s AND o.user_id = n.user_id
RETURNING n.index
