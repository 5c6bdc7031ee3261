-- What content_summary must hold.
SELECT
    tenant_id, content_id, count(*) AS people,
    count(*) FILTER (WHERE status <> 'not_started') AS started,
    count(*) FILTER (WHERE status = 'completed') AS completed,
    sum(progress_percentage) AS percentage_sum, sum(coverage) AS coverage_sum,
    sum(wall_ms)::bigint AS wall_ms
FROM progress.user_progress GROUP BY tenant_id, content_id
