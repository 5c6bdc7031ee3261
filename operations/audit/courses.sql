-- Every course of every person who has a row of an item of it, and its row, if there is one.
SELECT
    h.tenant_id, h.user_id, h.content_id, c.digest, p.course,
    p.progress_type, p.progress_percentage, p.completion_count, p.total_sessions,
    (extract(epoch FROM p.started_at) * 1000)::bigint AS started_ms,
    (extract(epoch FROM p.last_viewed_at) * 1000)::bigint AS last_ms,
    (extract(epoch FROM p.completed_at) * 1000)::bigint AS completed_ms,
    (extract(epoch FROM p.attempt_at) * 1000)::bigint AS attempt_ms,
    p.metadata, p.status, p.evidence, p.watched::text AS watched, p.duration_ms, p.content_ms, p.wall_ms,
    p.coverage, p.attained, p.slices,
    coalesce((
        SELECT jsonb_agg(
            jsonb_build_array((extract(epoch FROM m.completed_at) * 1000)::bigint, m.evidence, m.marked_by)
            ORDER BY m.number
        )
        FROM progress.completions AS m
        WHERE m.tenant_id = h.tenant_id AND m.user_id = h.user_id AND m.content_id = h.content_id
    ), '[]') AS completions
FROM (
    SELECT m.tenant_id, i.user_id, m.course_id AS content_id
    FROM progress.course_parts AS m
    JOIN progress.user_progress AS i ON i.tenant_id = m.tenant_id AND i.content_id = m.content_id
    UNION
    SELECT tenant_id, user_id, content_id
    FROM progress.user_progress JOIN progress.courses USING (tenant_id, content_id)
) AS h
JOIN progress.courses AS c ON c.tenant_id = h.tenant_id AND c.content_id = h.content_id
LEFT JOIN progress.user_progress AS p
    ON p.user_id = h.user_id AND p.content_id = h.content_id AND p.tenant_id = h.tenant_id
