-- The tenants with people who wait, the longest first.
SELECT tenant_id::text FROM progress.requirement_changes GROUP BY tenant_id ORDER BY min(id)
