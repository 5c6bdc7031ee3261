-- Requests that items are rederived whose override changed after the processor that wrote these states can last
-- have read it. An existing request keeps its time, and is locked until these states are stored.
INSERT INTO progress.rederivations AS r (tenant_id, content_id, requested_at)
SELECT tenant_id, content_id, clock_timestamp()
FROM (SELECT DISTINCT tenant_id, content_id FROM pg_temp.incoming) AS i
JOIN progress.content_items AS c USING (tenant_id, content_id)
WHERE c.updated_at > to_timestamp(%(written)s) - interval '1 minute'
ORDER BY tenant_id, content_id
ON CONFLICT (tenant_id, content_id) DO UPDATE SET requested_at = r.requested_at
