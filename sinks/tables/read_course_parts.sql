-- The rows of the items of these courses of these people, former parts included. The state only where there was
-- an earlier attempt, or more than one completion, which the columns do not say.
SELECT
    d.tenant_id::text, d.user_id::text, d.content_id::text AS course_id, p.content_id::text,
    p.progress_type AS kind, p.status, p.progress_percentage AS percentage, p.coverage, p.evidence,
    p.completion_count, p.total_sessions, p.content_ms, p.wall_ms,
    (extract(epoch FROM p.started_at) * 1000)::bigint AS started_at,
    (extract(epoch FROM p.last_viewed_at) * 1000)::bigint AS last_at,
    (extract(epoch FROM p.completed_at) * 1000)::bigint AS completed_at,
    p.source_partition, p.override,
    CASE
        WHEN p.completion_count > (p.status = 'completed')::int OR p.attempt_at IS NOT NULL THEN p.state
    END AS progress
FROM unnest(%(tenants)s::uuid[], %(users)s::uuid[], %(contents)s::uuid[])
    AS d (tenant_id, user_id, content_id)
JOIN progress.course_parts AS m ON m.tenant_id = d.tenant_id AND m.course_id = d.content_id
JOIN progress.user_progress AS p
    ON p.user_id = d.user_id AND p.content_id = m.content_id AND (p.tenant_id = d.tenant_id) IS TRUE
