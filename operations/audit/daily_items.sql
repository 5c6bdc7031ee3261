-- What daily_activity must hold of items that were started and completed.
SELECT tenant_id, day, sum(started) AS started, sum(completed) AS completed
FROM (
    SELECT tenant_id, (started_at AT TIME ZONE 'UTC')::date AS day, 1 AS started, 0 AS completed
    FROM progress.user_progress WHERE started_at IS NOT NULL
    UNION ALL
    SELECT tenant_id, (completed_at AT TIME ZONE 'UTC')::date, 0, 1
    FROM progress.user_progress WHERE completed_at IS NOT NULL
) AS each
GROUP BY tenant_id, day
