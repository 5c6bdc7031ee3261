-- The next people of an organisation, and the zones that they are moved between.
SELECT
    z.zone, z.next_zone,
    ARRAY(
        SELECT s.user_id::text FROM progress.user_summary AS s
        WHERE s.tenant_id = z.tenant_id AND s.user_id > z.next_to
        ORDER BY s.user_id LIMIT %(limit)s
    )
FROM progress.day_zones AS z
WHERE z.tenant_id = %(tenant)s AND z.next_zone IS NOT NULL
