-- with
sent AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
        index int, user_id uuid, display_name text, email text
    )
)

-- refused
SELECT n.index, 'userId', 'erased' FROM sent AS n
JOIN progress.erased_people AS e ON e.tenant_id = %(tenant)s AND e.user_id = n.user_id

-- store
MERGE INTO progress.people AS o USING sent AS n
ON o.tenant_id = %(tenant)s AND o.user_id = n.user_id
WHEN MATCHED AND (o.display_name, o.email) IS DISTINCT FROM (n.display_name, n.email)
THEN UPDATE SET display_name = n.display_name, email = n.email, updated_at = clock_timestamp()
WHEN NOT MATCHED THEN INSERT (tenant_id, user_id, display_name, email, updated_at)
VALUES (%(tenant)s, n.user_id, n.display_name, n.email, clock_timestamp())
RETURNING n.index

-- remove
DELETE FROM progress.assignments AS o USING sent AS n
WHERE o.tenant_id = %(tenant)s AND o.target = 'person' AND o.target_id = n.user_id
RETURNING n.index
;
DELETE FROM progress.people AS o USING sent AS n
WHERE o.tenant_id = %(tenant)s AND o.user_id = n.user_id
RETURNING n.index
