-- Subtract the person from the figures of the items.
INSERT INTO progress.content_summary AS c (
    tenant_id, content_id, shard, people, started, completed, percentage_sum, coverage_sum, wall_ms
)
SELECT
    tenant_id, content_id, -1, -1, -(status <> 'not_started')::int, -(status = 'completed')::int,
    -progress_percentage, -coverage, -wall_ms
FROM progress.user_progress WHERE tenant_id = %(tenant)s AND user_id = %(user)s
ON CONFLICT (tenant_id, content_id, shard) DO UPDATE SET
    people = c.people + excluded.people,
    started = c.started + excluded.started,
    completed = c.completed + excluded.completed,
    percentage_sum = c.percentage_sum + excluded.percentage_sum,
    coverage_sum = c.coverage_sum + excluded.coverage_sum,
    wall_ms = c.wall_ms + excluded.wall_ms
