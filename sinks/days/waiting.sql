-- Organisations some of whose people are counted in another zone than the organisation's, or wait to be counted again.
SELECT tenant_id::text
FROM progress.organisation_settings AS s FULL JOIN progress.day_zones AS z USING (tenant_id)
WHERE coalesce(s.time_zone, 'UTC') <> coalesce(z.zone, 'UTC') OR z.next_zone IS NOT NULL
ORDER BY tenant_id
