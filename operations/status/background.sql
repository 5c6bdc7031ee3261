-- Organisations whose days are being counted again: from which zone to which, and how many people are done.
SELECT
    tenant_id::text, coalesce(z.zone, 'UTC'), coalesce(z.next_zone, s.time_zone, 'UTC'),
    count(p.user_id) FILTER (WHERE p.user_id <= z.next_to), count(p.user_id)
FROM progress.organisation_settings AS s
FULL JOIN progress.day_zones AS z USING (tenant_id)
LEFT JOIN progress.user_summary AS p USING (tenant_id)
WHERE coalesce(s.time_zone, 'UTC') <> coalesce(z.zone, 'UTC') OR z.next_zone IS NOT NULL
GROUP BY tenant_id, z.zone, z.next_zone, s.time_zone
ORDER BY tenant_id
