-- The settings of an organisation, and the zone in which its days are counted.
SELECT
    s.time_zone, s.threshold::float8, s.evidence, s.count_hidden,
    s.inactive_days, s.behind_points, s.behind_minimum_team, s.newcomer_days,
    s.updated_at, coalesce(z.zone, 'UTC'), z.next_zone IS NOT NULL
FROM (VALUES (1)) AS one
LEFT JOIN progress.organisation_settings AS s ON s.tenant_id = %(tenant)s
LEFT JOIN progress.day_zones AS z ON z.tenant_id = %(tenant)s
