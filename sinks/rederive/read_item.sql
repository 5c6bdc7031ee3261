-- What the catalogue and the organisation set of an item's policy; the item's own value comes first.
SELECT
    coalesce(c.threshold, o.threshold)::float8 AS threshold, coalesce(c.evidence, o.evidence) AS evidence,
    c.duration_ms, coalesce(c.count_hidden, o.count_hidden) AS count_hidden, c.page_count, c.start_ms, c.end_ms
FROM (VALUES (1)) AS one
LEFT JOIN progress.content_items AS c ON c.tenant_id = %(tenant_id)s AND c.content_id = %(content_id)s
LEFT JOIN progress.organisation_settings AS o ON o.tenant_id = %(tenant_id)s
