-- Every row of progress, with its sessions as arrays.
SELECT
    tenant_id, user_id, content_id, progress_type, progress_percentage, completion_count, total_sessions,
    (extract(epoch FROM started_at) * 1000)::bigint AS started_ms,
    (extract(epoch FROM last_viewed_at) * 1000)::bigint AS last_ms,
    (extract(epoch FROM completed_at) * 1000)::bigint AS completed_ms,
    (extract(epoch FROM attempt_at) * 1000)::bigint AS attempt_ms,
    metadata, status, evidence, watched::text AS watched, duration_ms, content_ms, wall_ms,
    coverage, attained, slices, override, state, course, milestones,
    coalesce((
        SELECT jsonb_agg(
            jsonb_build_array((extract(epoch FROM m.completed_at) * 1000)::bigint, m.evidence, m.marked_by)
            ORDER BY m.number
        )
        FROM progress.completions AS m
        WHERE m.tenant_id = p.tenant_id AND m.user_id = p.user_id AND m.content_id = p.content_id
    ), '[]') AS completions,
    coalesce((
        SELECT jsonb_agg(
            jsonb_build_array(
                (extract(epoch FROM a.acted_at) * 1000)::bigint, a.kind, a.acted_by, a.adjusted_ms,
                a.percentage, a.wall_ms
            )
            ORDER BY a.acted_at, a.act_key
        )
        FROM progress.acts AS a
        WHERE a.tenant_id = p.tenant_id AND a.user_id = p.user_id AND a.content_id = p.content_id
    ), '[]') AS acts,
    (
        SELECT o.state FROM progress.older_sessions AS o
        WHERE o.user_id = p.user_id AND o.content_id = p.content_id AND (o.tenant_id = p.tenant_id) IS TRUE
    ) AS older,
    (
        SELECT jsonb_object_agg(session_key, held) FROM (
            SELECT session_key, jsonb_agg(jsonb_build_array(
                (extract(epoch FROM s.started_at) * 1000)::bigint,
                (extract(epoch FROM s.last_at) * 1000)::bigint,
                s.watched::text, s.watch_ms, s.wall_ms, s.quarters
            )) AS held
            FROM progress.sessions AS s
            WHERE s.tenant_id = p.tenant_id AND s.user_id = p.user_id AND s.content_id = p.content_id
            GROUP BY session_key
        ) AS keyed
    ) AS sessions
FROM progress.user_progress AS p
