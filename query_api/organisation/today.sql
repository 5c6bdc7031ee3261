-- The day that it is in the organisation's time zone.
SELECT (
    %(now)s::timestamptz AT TIME ZONE coalesce(
        (SELECT time_zone FROM progress.organisation_settings WHERE tenant_id = %(tenant)s), 'UTC'
    )
)::date
