"""The audit's SQL."""

from __future__ import annotations

LEDGERS = """
SELECT l.*, p.source_next_offset
FROM progress.ledger AS l LEFT JOIN progress.positions AS p USING (topic, partition)
ORDER BY topic, partition
"""

SUMMARIES = """
WITH made AS (
    SELECT
        tenant_id, user_id, count(*)::int AS total_items,
        count(*) FILTER (WHERE status = 'completed')::int AS completed_items,
        count(*) FILTER (WHERE status = 'in_progress')::int AS in_progress_items,
        sum(progress_percentage)::bigint AS percentage_sum,
        sum(content_ms)::bigint AS content_ms, sum(wall_ms)::bigint AS wall_ms,
        max(last_viewed_at) AS last_viewed_at
    FROM progress.user_progress
    GROUP BY tenant_id, user_id
)
SELECT tenant_id, user_id, to_jsonb(s) - '{tenant_id,user_id}'::text[] AS said,
    to_jsonb(m) - '{tenant_id,user_id}'::text[] AS made
FROM progress.user_summary AS s FULL JOIN made AS m USING (tenant_id, user_id)
WHERE to_jsonb(s) IS DISTINCT FROM to_jsonb(m)
"""

STRAYS = """
SELECT tenant_id, user_id, content_id, count(*) AS sessions, min(started_at) AS first
FROM progress.sessions WHERE tableoid = 'progress.sessions_default'::regclass
GROUP BY tenant_id, user_id, content_id
"""

ARCHIVED = "SELECT month FROM progress.archives WHERE dropped_at IS NOT NULL"

ERASED = """
SELECT tenant_id, user_id, array_agg(DISTINCT place ORDER BY place) AS places
FROM progress.erased_people JOIN (
    SELECT 'user_progress' AS place, tenant_id, user_id FROM progress.user_progress
    UNION ALL SELECT 'sessions', tenant_id, user_id FROM progress.sessions
    UNION ALL SELECT 'user_summary', tenant_id, user_id FROM progress.user_summary
    UNION ALL SELECT 'person_days', tenant_id, user_id FROM progress.person_days
    UNION ALL SELECT 'dismissals', tenant_id, user_id FROM progress.dismissals
    UNION ALL SELECT 'people', tenant_id, user_id FROM progress.people
    UNION ALL SELECT 'team_members', tenant_id, user_id FROM progress.team_members
    UNION ALL SELECT 'assignments', tenant_id, target_id FROM progress.assignments WHERE target = 'person'
) AS kept USING (tenant_id, user_id)
GROUP BY tenant_id, user_id
ORDER BY tenant_id, user_id
"""

ROWS = """
SELECT
    tenant_id, user_id, content_id, progress_type, progress_percentage, completion_count, total_sessions,
    (extract(epoch FROM started_at) * 1000)::bigint AS started_ms,
    (extract(epoch FROM last_viewed_at) * 1000)::bigint AS last_ms,
    (extract(epoch FROM completed_at) * 1000)::bigint AS completed_ms,
    metadata, status, evidence, watched::text AS watched, duration_ms, content_ms, wall_ms,
    coverage, attained, slices, override, state,
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
"""
SAMPLED = "ORDER BY random() LIMIT %(sample)s"
