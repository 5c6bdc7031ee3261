-- with
sent AS (
    SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb) AS r (
        index int, content_id uuid, title text, type text, duration_ms int, thumbnail_url text,
        media_url text, threshold numeric, evidence text, count_hidden boolean, archived boolean
    )
)

-- store
MERGE INTO progress.content_items AS o USING sent AS n
ON o.tenant_id = %(tenant)s AND o.content_id = n.content_id
WHEN MATCHED AND
    (o.title, o.type, o.duration_ms, o.thumbnail_url, o.media_url, o.threshold, o.evidence,
    o.count_hidden, o.archived)
    IS DISTINCT FROM
    (n.title, n.type, n.duration_ms, n.thumbnail_url, n.media_url, n.threshold, n.evidence,
    n.count_hidden, n.archived)
THEN UPDATE SET
    title = n.title, type = n.type, duration_ms = n.duration_ms, thumbnail_url = n.thumbnail_url,
    media_url = n.media_url, threshold = n.threshold, evidence = n.evidence,
    count_hidden = n.count_hidden, archived = n.archived,
    updated_at = clock_timestamp()
WHEN NOT MATCHED THEN INSERT (
    tenant_id, content_id, title, type, duration_ms, thumbnail_url, media_url, threshold, evidence,
    count_hidden, archived, updated_at
) VALUES (
    %(tenant)s, n.content_id, n.title, n.type, n.duration_ms, n.thumbnail_url, n.media_url,
    n.threshold, n.evidence, n.count_hidden, n.archived, clock_timestamp()
)
RETURNING n.index

-- remove
-- Never deleted: its progress stays, and caches of the catalogue read changed rows only.
UPDATE progress.content_items AS o SET archived = true, updated_at = clock_timestamp() FROM sent AS n
WHERE o.tenant_id = %(tenant)s AND o.content_id = n.content_id AND NOT o.archived
RETURNING n.index
;
DELETE FROM progress.assignments AS o USING sent AS n
WHERE o.tenant_id = %(tenant)s AND o.content_id = n.content_id
RETURNING n.index
