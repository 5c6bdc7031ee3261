-- Subtract the person from the figures of the items.
INSERT INTO progress.content_summary AS c (
    tenant_id, content_id, shard, people, started, completed, percentage_sum, coverage_sum, wall_ms,
    required_started, required_completed,
    former_started, former_completed, former_percentage_sum, former_coverage_sum
)
SELECT
    tenant_id, content_id, -1, -1, -(status <> 'not_started')::int, -(status = 'completed')::int,
    -progress_percentage, -coverage, -wall_ms,
    -(required AND status <> 'not_started')::int, -(required AND status = 'completed')::int,
    -(former AND status <> 'not_started')::int, -(former AND status = 'completed')::int,
    -former::int * progress_percentage, -former::int * coverage
FROM progress.user_progress WHERE tenant_id = %(tenant)s AND user_id = %(user)s
ON CONFLICT (tenant_id, content_id, shard) DO UPDATE SET
    people = c.people + excluded.people,
    started = c.started + excluded.started,
    completed = c.completed + excluded.completed,
    percentage_sum = c.percentage_sum + excluded.percentage_sum,
    coverage_sum = c.coverage_sum + excluded.coverage_sum,
    wall_ms = c.wall_ms + excluded.wall_ms,
    required_started = c.required_started + excluded.required_started,
    required_completed = c.required_completed + excluded.required_completed,
    former_started = c.former_started + excluded.former_started,
    former_completed = c.former_completed + excluded.former_completed,
    former_percentage_sum = c.former_percentage_sum + excluded.former_percentage_sum,
    former_coverage_sum = c.former_coverage_sum + excluded.former_coverage_sum
