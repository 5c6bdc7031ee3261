-- Requests that the rows of every item are derived again, those of items that the catalogue does not have too.
INSERT INTO progress.rederivations (tenant_id, content_id, requested_at)
SELECT %(tenant)s, content_id, clock_timestamp()
FROM (
    SELECT content_id FROM progress.content_items WHERE tenant_id = %(tenant)s
    UNION
    SELECT content_id FROM progress.content_summary WHERE tenant_id = %(tenant)s
) AS items
ORDER BY content_id
ON CONFLICT (tenant_id, content_id) DO UPDATE SET requested_at = excluded.requested_at
