-- Requests that items are rederived whose organisation has changed its policy after the processor that wrote these
-- states can last have read it: an item may be new since then. The EXISTS skips the whole batch while no
-- organisation has done so, which is nearly always. An existing request keeps its time.
INSERT INTO progress.rederivations (tenant_id, content_id, requested_at)
SELECT tenant_id, content_id, clock_timestamp()
FROM (SELECT DISTINCT tenant_id, content_id FROM pg_temp.incoming) AS i
JOIN progress.organisation_settings AS s USING (tenant_id)
WHERE
    s.policy_changed_at > to_timestamp(%(written)s) - interval '1 minute'
    AND EXISTS (
        SELECT FROM progress.organisation_settings
        WHERE policy_changed_at > to_timestamp(%(written)s) - interval '1 minute'
    )
ORDER BY tenant_id, content_id
ON CONFLICT (tenant_id, content_id) DO NOTHING
