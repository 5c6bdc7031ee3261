-- Begins to count an organisation's days in its time zone, unless that is so or under way in another one.
INSERT INTO progress.day_zones AS z (tenant_id, zone, next_zone, next_to)
SELECT tenant_id, 'UTC', coalesce(time_zone, 'UTC'), '00000000-0000-0000-0000-000000000000'
FROM progress.organisation_settings WHERE tenant_id = %(tenant)s
ON CONFLICT (tenant_id) DO UPDATE SET next_zone = excluded.next_zone, next_to = excluded.next_to
WHERE z.next_zone IS NULL AND z.zone <> excluded.next_zone
