-- What person_days must hold, but for archived months: their sessions are in a file, and who was active on
-- their days is not kept.
SELECT
    tenant_id, (started_at AT TIME ZONE 'UTC')::date AS day, user_id, count(*) AS sessions,
    sum(wall_ms) AS wall_ms
FROM progress.sessions
WHERE NOT EXISTS (
    SELECT FROM progress.archives AS a
    WHERE a.dropped_at IS NOT NULL
        AND a.month = date_trunc('month', (started_at AT TIME ZONE 'UTC')::timestamp)::date
)
GROUP BY tenant_id, day, user_id
