-- Moves what these people started and completed from the days of one zone to those of another.
INSERT INTO progress.daily_activity AS d (
    tenant_id, day, shard, people, sessions, wall_ms, started, completed
)
SELECT p.tenant_id, moved.day, %(shard)s, 0, 0, 0, sum(moved.started), sum(moved.completed)
FROM progress.user_progress AS p CROSS JOIN LATERAL (
    VALUES
        ((p.started_at AT TIME ZONE %(zone)s)::date, -1, 0),
        ((p.started_at AT TIME ZONE %(next_zone)s)::date, 1, 0),
        ((p.completed_at AT TIME ZONE %(zone)s)::date, 0, -1),
        ((p.completed_at AT TIME ZONE %(next_zone)s)::date, 0, 1)
) AS moved (day, started, completed)
WHERE p.user_id = ANY(%(people)s::uuid[]) AND (p.tenant_id = %(tenant)s) IS TRUE AND moved.day IS NOT NULL
GROUP BY p.tenant_id, moved.day
HAVING sum(moved.started) <> 0 OR sum(moved.completed) <> 0
ORDER BY p.tenant_id, moved.day
ON CONFLICT (tenant_id, day, shard) DO UPDATE SET
    started = d.started + excluded.started, completed = d.completed + excluded.completed
