-- Organisations some of whose people are counted in another zone than the organisation's.
SELECT s.tenant_id::text
FROM progress.organisation_settings AS s LEFT JOIN progress.day_zones AS z USING (tenant_id)
WHERE coalesce(s.time_zone, 'UTC') <> coalesce(z.zone, 'UTC') OR z.next_zone IS NOT NULL
ORDER BY s.tenant_id
