-- with
-- A date without a time is the end of that day in the organisation's time zone.
sent AS MATERIALIZED (
    SELECT
        index, content_id, target, target_id, due_after_days, valid_for_days,
        coalesce(due_at, (due_on + 1)::timestamp AT TIME ZONE zone - interval '1 millisecond') AS due_at
    FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
        index int, content_id uuid, target text, target_id uuid, due_at timestamptz, due_on date,
        due_after_days int, valid_for_days int
    )
    CROSS JOIN LATERAL (
        SELECT coalesce(
            (SELECT time_zone FROM progress.organisation_settings WHERE tenant_id = %(tenant)s), 'UTC'
        ) AS zone
    ) AS days
)

-- refused
SELECT n.index, 'contentId', 'item' FROM sent AS n
WHERE NOT EXISTS (
    SELECT FROM progress.content_items AS c
    WHERE c.tenant_id = %(tenant)s AND c.content_id = n.content_id
)
UNION ALL
-- One that is there already may be sent again: it requires nothing while the item is archived.
SELECT n.index, 'contentId', 'archived' FROM sent AS n
WHERE EXISTS (
    SELECT FROM progress.content_items AS c
    WHERE c.tenant_id = %(tenant)s AND c.content_id = n.content_id AND c.archived
) AND NOT EXISTS (
    SELECT FROM progress.assignments AS o
    WHERE o.tenant_id = %(tenant)s AND o.content_id = n.content_id AND o.target = n.target
        AND o.target_id = coalesce(n.target_id, %(tenant)s)
)
UNION ALL
SELECT n.index, 'targetId', 'person' FROM sent AS n
WHERE n.target = 'person' AND NOT EXISTS (
    SELECT FROM progress.people AS p WHERE p.tenant_id = %(tenant)s AND p.user_id = n.target_id
)
UNION ALL
SELECT n.index, 'targetId', 'team' FROM sent AS n
WHERE n.target = 'team' AND NOT EXISTS (
    SELECT FROM progress.teams AS t WHERE t.tenant_id = %(tenant)s AND t.team_id = n.target_id
)

-- store
UPDATE progress.assignments AS o SET
    due_at = n.due_at, due_after_days = n.due_after_days, valid_for_days = n.valid_for_days,
    updated_at = clock_timestamp()
FROM sent AS n
WHERE o.tenant_id = %(tenant)s AND o.content_id = n.content_id AND o.target = n.target
    AND o.target_id = coalesce(n.target_id, %(tenant)s)
    AND (o.due_at, o.due_after_days, o.valid_for_days)
    IS DISTINCT FROM (n.due_at, n.due_after_days, n.valid_for_days)
RETURNING n.index
;
, added AS (
    INSERT INTO progress.assignments (
        tenant_id, content_id, target, target_id, due_at, due_after_days, valid_for_days, updated_at
    )
    SELECT
        %(tenant)s, n.content_id, n.target, coalesce(n.target_id, %(tenant)s), n.due_at, n.due_after_days,
        n.valid_for_days, clock_timestamp()
    FROM sent AS n
    WHERE NOT EXISTS (
        SELECT FROM progress.assignments AS o
        WHERE o.tenant_id = %(tenant)s AND o.content_id = n.content_id AND o.target = n.target
            AND o.target_id = coalesce(n.target_id, %(tenant)s)
    )
    RETURNING content_id, target, target_id
)
SELECT n.index FROM added AS a JOIN sent AS n ON a.content_id = n.content_id AND a.target = n.target
    AND a.target_id = coalesce(n.target_id, %(tenant)s)

-- remove
DELETE FROM progress.assignments AS o USING sent AS n
WHERE o.tenant_id = %(tenant)s AND o.content_id = n.content_id AND o.target = n.target
    AND o.target_id = coalesce(n.target_id, %(tenant)s)
RETURNING n.index
