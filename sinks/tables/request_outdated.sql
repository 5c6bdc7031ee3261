-- Requests that items are rederived whose states a processor of an earlier release wrote: its figures mean what they
-- meant then. An existing request keeps its time.
INSERT INTO progress.rederivations AS r (tenant_id, content_id, requested_at)
SELECT DISTINCT tenant_id, content_id, clock_timestamp()
FROM pg_temp.incoming WHERE progress NOT LIKE %(version)s
ORDER BY tenant_id, content_id
ON CONFLICT (tenant_id, content_id) DO UPDATE SET requested_at = r.requested_at
