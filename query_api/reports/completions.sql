-- The completions of a tenant, with the year and the month in the organisation's time zone.
SELECT
    c.user_id, c.content_id, c.number, c.completed_at, c.evidence, c.marked_by, z.zone
FROM progress.completions AS c
CROSS JOIN (
    SELECT coalesce(
        (SELECT time_zone FROM progress.organisation_settings WHERE tenant_id = %(tenant)s::uuid), 'UTC'
    ) AS zone
) AS z
WHERE c.tenant_id = %(tenant)s::uuid
