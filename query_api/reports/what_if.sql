SELECT
    EXISTS (SELECT FROM progress.content_items WHERE tenant_id = %(tenant)s AND content_id = %(content)s),
    coalesce(
        (
            SELECT threshold FROM progress.content_items
            WHERE tenant_id = %(tenant)s AND content_id = %(content)s
        ),
        (SELECT threshold FROM progress.organisation_settings WHERE tenant_id = %(tenant)s)
    )::float8,
    count(*),
    count(*) FILTER (WHERE status = 'completed'),
    count(*) FILTER (WHERE attained >= %(thousandths)s),
    count(*) FILTER (WHERE attained >= %(thousandths)s OR completed_at IS NOT NULL)
FROM progress.user_progress
WHERE tenant_id = %(tenant)s AND content_id = %(content)s AND NOT former AND status <> 'not_started'
