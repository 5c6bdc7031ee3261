-- What content_summary must hold. The flags are compared with the directory by requirements.sql.
SELECT
    tenant_id, content_id, count(p.id) AS people,
    count(*) FILTER (WHERE status <> 'not_started') AS started,
    count(*) FILTER (WHERE status = 'completed') AS completed,
    coalesce(sum(progress_percentage), 0) AS percentage_sum, coalesce(sum(coverage), 0) AS coverage_sum,
    coalesce(sum(wall_ms), 0)::bigint AS wall_ms,
    count(q.user_id) AS assigned,
    count(*) FILTER (WHERE required AND status <> 'not_started') AS required_started,
    count(*) FILTER (WHERE required AND status = 'completed') AS required_completed,
    count(*) FILTER (WHERE former AND status <> 'not_started') AS former_started,
    count(*) FILTER (WHERE former AND status = 'completed') AS former_completed,
    coalesce(sum(progress_percentage) FILTER (WHERE former), 0) AS former_percentage_sum,
    coalesce(sum(coverage) FILTER (WHERE former), 0) AS former_coverage_sum
FROM progress.user_progress AS p
FULL JOIN (SELECT tenant_id, user_id, content_id FROM progress.requirements) AS q
    USING (tenant_id, user_id, content_id)
GROUP BY tenant_id, content_id
