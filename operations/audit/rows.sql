-- Every row of progress, with its sessions as arrays.
SELECT
    tenant_id, user_id, content_id, progress_type, progress_percentage, completion_count, total_sessions,
    (extract(epoch FROM started_at) * 1000)::bigint AS started_ms,
    (extract(epoch FROM last_viewed_at) * 1000)::bigint AS last_ms,
    (extract(epoch FROM completed_at) * 1000)::bigint AS completed_ms,
    (extract(epoch FROM attempt_at) * 1000)::bigint AS attempt_ms,
    metadata, status, evidence, watched::text AS watched, duration_ms, content_ms, wall_ms,
    coverage, attained, slices, override, state, course,
    (
        SELECT jsonb_object_agg(session_key, held) FROM (
            SELECT session_key, jsonb_agg(jsonb_build_array(
                (extract(epoch FROM s.started_at) * 1000)::bigint,
                (extract(epoch FROM s.last_at) * 1000)::bigint,
                s.watched::text, s.watch_ms, s.wall_ms
            )) AS held
            FROM progress.sessions AS s
            WHERE s.tenant_id = p.tenant_id AND s.user_id = p.user_id AND s.content_id = p.content_id
            GROUP BY session_key
        ) AS keyed
    ) AS sessions
FROM progress.user_progress AS p
