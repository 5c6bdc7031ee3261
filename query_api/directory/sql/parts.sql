-- with
sent AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
        index int, course_id uuid, content_id uuid, position int, weight numeric, optional boolean
    )
)

-- refused
SELECT n.index, 'courseId', CASE WHEN c.content_id IS NULL THEN 'item' ELSE 'no course' END
FROM sent AS n LEFT JOIN progress.content_items AS c
    ON c.tenant_id = %(tenant)s AND c.content_id = n.course_id
WHERE c.type IS DISTINCT FROM 'course'
UNION ALL
SELECT n.index, 'contentId', CASE WHEN c.content_id IS NULL THEN 'item' ELSE 'course' END
FROM sent AS n LEFT JOIN progress.content_items AS c
    ON c.tenant_id = %(tenant)s AND c.content_id = n.content_id
WHERE c.content_id IS NULL OR c.type = 'course'
UNION ALL
SELECT n.index, 'optional', 'required part' FROM sent AS n
WHERE NOT EXISTS (SELECT FROM sent AS o WHERE o.course_id = n.course_id AND NOT o.optional)
    AND NOT EXISTS (
        SELECT FROM progress.course_parts AS p
        WHERE p.tenant_id = %(tenant)s AND p.course_id = n.course_id
            AND p.position IS NOT NULL AND NOT p.optional
            AND p.content_id NOT IN (SELECT o.content_id FROM sent AS o WHERE o.course_id = n.course_id)
    )

-- store
UPDATE progress.course_parts AS o SET
    position = n.position, weight = n.weight, optional = n.optional, updated_at = clock_timestamp()
FROM sent AS n
WHERE o.tenant_id = %(tenant)s AND o.course_id = n.course_id AND o.content_id = n.content_id
    AND (o.position, o.weight, o.optional) IS DISTINCT FROM (n.position, n.weight, n.optional)
RETURNING n.index
;
, added AS (
    INSERT INTO progress.course_parts (
        tenant_id, course_id, content_id, position, weight, optional, updated_at
    )
    SELECT
        %(tenant)s, n.course_id, n.content_id, n.position, n.weight, n.optional, clock_timestamp()
    FROM sent AS n
    WHERE NOT EXISTS (
        SELECT FROM progress.course_parts AS o
        WHERE o.tenant_id = %(tenant)s AND o.course_id = n.course_id AND o.content_id = n.content_id
    )
    RETURNING course_id, content_id
)
SELECT n.index FROM added AS a JOIN sent AS n ON a.course_id = n.course_id AND a.content_id = n.content_id

-- remove
-- Never deleted: completions from before still depend on it.
UPDATE progress.course_parts AS o SET position = NULL, updated_at = clock_timestamp() FROM sent AS n
WHERE o.tenant_id = %(tenant)s AND o.course_id = n.course_id AND o.content_id = n.content_id
    AND o.position IS NOT NULL
RETURNING n.index
