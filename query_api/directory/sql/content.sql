-- with
sent AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
        index int, content_id uuid, title text, type text, duration_ms int, thumbnail_url text,
        media_url text, threshold numeric, evidence text, count_hidden boolean, archived boolean, parts jsonb,
        page_count int, start_ms int, end_ms int
    )
),
listed AS MATERIALIZED (
    SELECT s.index, s.content_id AS course_id, p.content_id, p.weight, p.optional, p.place
    FROM sent AS s, ROWS FROM (
        jsonb_to_recordset(s.parts) AS (content_id uuid, weight numeric, optional boolean)
    ) WITH ORDINALITY AS p (content_id, weight, optional, place)
),
types AS (
    SELECT content_id, bool_or(type = 'course') AS is_course
    FROM (
        SELECT content_id, type FROM sent
        UNION ALL
        SELECT c.content_id, c.type FROM progress.content_items AS c
        WHERE c.tenant_id = %(tenant)s AND c.content_id IN (SELECT content_id FROM listed)
    ) AS each
    GROUP BY content_id
)

-- refused
SELECT
    l.index, format('parts[%%s].contentId', l.place - 1),
    CASE WHEN t.content_id IS NULL THEN 'item' ELSE 'course' END
FROM listed AS l LEFT JOIN types AS t ON t.content_id = l.content_id
WHERE t.content_id IS NULL OR t.is_course
UNION ALL
SELECT n.index, 'type', 'part' FROM sent AS n
WHERE n.type = 'course' AND EXISTS (
    SELECT FROM progress.course_parts AS p
    WHERE p.tenant_id = %(tenant)s AND p.content_id = n.content_id AND p.position IS NOT NULL
        AND p.course_id NOT IN (SELECT s.content_id FROM sent AS s WHERE s.parts IS NOT NULL)
)
UNION ALL
SELECT n.index, 'type', 'parts' FROM sent AS n
WHERE n.type <> 'course' AND n.parts IS NULL AND EXISTS (
    SELECT FROM progress.course_parts AS p
    WHERE p.tenant_id = %(tenant)s AND p.course_id = n.content_id AND p.position IS NOT NULL
)

-- store
UPDATE progress.content_items AS o SET
    title = n.title, type = n.type, duration_ms = n.duration_ms, thumbnail_url = n.thumbnail_url,
    media_url = n.media_url, threshold = n.threshold, evidence = n.evidence,
    count_hidden = n.count_hidden, archived = n.archived, page_count = n.page_count,
    start_ms = n.start_ms, end_ms = n.end_ms,
    updated_at = clock_timestamp()
FROM sent AS n
WHERE o.tenant_id = %(tenant)s AND o.content_id = n.content_id
    AND (o.title, o.type, o.duration_ms, o.thumbnail_url, o.media_url, o.threshold, o.evidence,
    o.count_hidden, o.archived, o.page_count, o.start_ms, o.end_ms)
    IS DISTINCT FROM
    (n.title, n.type, n.duration_ms, n.thumbnail_url, n.media_url, n.threshold, n.evidence,
    n.count_hidden, n.archived, n.page_count, n.start_ms, n.end_ms)
RETURNING n.index
;
, added AS (
    INSERT INTO progress.content_items (
        tenant_id, content_id, title, type, duration_ms, thumbnail_url, media_url, threshold, evidence,
        count_hidden, archived, page_count, start_ms, end_ms, updated_at
    )
    SELECT
        %(tenant)s, n.content_id, n.title, n.type, n.duration_ms, n.thumbnail_url, n.media_url, n.threshold,
        n.evidence, n.count_hidden, n.archived, n.page_count, n.start_ms, n.end_ms, clock_timestamp()
    FROM sent AS n
    WHERE NOT EXISTS (
        SELECT FROM progress.content_items AS o
        WHERE o.tenant_id = %(tenant)s AND o.content_id = n.content_id
    )
    RETURNING content_id
)
SELECT n.index FROM added AS a JOIN sent AS n ON a.content_id = n.content_id
;
UPDATE progress.course_parts AS o SET position = NULL, updated_at = clock_timestamp() FROM sent AS n
WHERE o.tenant_id = %(tenant)s AND o.course_id = n.content_id AND n.parts IS NOT NULL
    AND o.position IS NOT NULL
    AND o.content_id NOT IN (SELECT l.content_id FROM listed AS l WHERE l.course_id = n.content_id)
RETURNING n.index
;
UPDATE progress.course_parts AS o SET
    position = n.place, weight = n.weight, optional = n.optional, updated_at = clock_timestamp()
FROM listed AS n
WHERE o.tenant_id = %(tenant)s AND o.course_id = n.course_id AND o.content_id = n.content_id
    AND (o.position, o.weight, o.optional) IS DISTINCT FROM (n.place, n.weight, n.optional)
RETURNING n.index
;
, added AS (
    INSERT INTO progress.course_parts (
        tenant_id, course_id, content_id, position, weight, optional, updated_at
    )
    SELECT
        %(tenant)s, n.course_id, n.content_id, n.place, n.weight, n.optional, clock_timestamp()
    FROM listed AS n
    WHERE NOT EXISTS (
        SELECT FROM progress.course_parts AS o
        WHERE o.tenant_id = %(tenant)s AND o.course_id = n.course_id AND o.content_id = n.content_id
    )
    RETURNING course_id, content_id
)
SELECT n.index FROM added AS a JOIN listed AS n ON a.course_id = n.course_id AND a.content_id = n.content_id

-- remove
-- Never deleted: its progress stays, and caches of the catalogue read changed rows only.
UPDATE progress.content_items AS o SET archived = true, updated_at = clock_timestamp() FROM sent AS n
WHERE o.tenant_id = %(tenant)s AND o.content_id = n.content_id AND NOT o.archived
RETURNING n.index
;
DELETE FROM progress.assignments AS o USING sent AS n
WHERE o.tenant_id = %(tenant)s AND o.content_id = n.content_id
RETURNING n.index
