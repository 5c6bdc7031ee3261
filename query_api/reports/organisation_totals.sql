-- Hours, since a day of PostgreSQL's may have 23 or 25 of them in the session's time zone.
SELECT *
FROM
    (SELECT count(*) FROM progress.people WHERE tenant_id = %(tenant)s) AS directory,
    (
        SELECT
            count(*) FILTER (WHERE completed_items + in_progress_items > 0),
            count(*) FILTER (WHERE last_viewed_at >= %(now)s::timestamptz - interval '168 hours'),
            count(*) FILTER (WHERE last_viewed_at >= %(now)s::timestamptz - interval '720 hours'),
            avg(progress)
        FROM progress.user_summary WHERE tenant_id = %(tenant)s AND NOT former
    ) AS people,
    (SELECT count(*) FROM progress.former_people WHERE tenant_id = %(tenant)s) AS former,
    (SELECT min(changed_at) FROM progress.requirement_changes WHERE tenant_id = %(tenant)s) AS waiting,
    (
        SELECT coalesce(min(zone), 'UTC') FROM progress.day_zones WHERE tenant_id = %(tenant)s
    ) AS days_zone,
    (
        SELECT
            coalesce(sum(started - former_started), 0), coalesce(sum(completed - former_completed), 0),
            coalesce(sum(percentage_sum - former_percentage_sum), 0)
        FROM progress.content_summary AS s
        WHERE tenant_id = %(tenant)s AND NOT EXISTS (
            SELECT FROM progress.content_items AS c
            WHERE c.tenant_id = %(tenant)s AND c.content_id = s.content_id AND c.archived
        )
    ) AS items,
    -- Of people, since the time of a course is that of its parts.
    (SELECT coalesce(sum(wall_ms), 0) FROM progress.user_summary WHERE tenant_id = %(tenant)s) AS spent
