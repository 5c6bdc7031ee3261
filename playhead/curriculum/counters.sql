-- Counts the curriculum of some people again. A person without progress has a row too, of zeros but for what is
-- required of them.
INSERT INTO progress.user_summary AS s (
    tenant_id, user_id, total_items, completed_items, in_progress_items, percentage_sum, content_ms, wall_ms,
    former, required_since, required_items,
    required_completed, required_in_progress, required_percentage_sum,
    optional_completed, optional_in_progress, optional_percentage_sum
)
SELECT
    %(tenant)s::uuid, u.user_id, 0, 0, 0, 0, 0, 0,
    coalesce((
        SELECT true FROM progress.former_people AS f
        WHERE f.user_id = u.user_id AND f.tenant_id = %(tenant)s::uuid
        LIMIT 1
    ), false),
    q.since, q.items, p.required_completed, p.required_in_progress, p.required_percentage_sum,
    p.optional_completed, p.optional_in_progress, p.optional_percentage_sum
FROM unnest(%(people)s::uuid[]) AS u (user_id)
CROSS JOIN LATERAL (
    SELECT count(*)::int AS items, min(required_since) AS since
    FROM progress.requirements
    WHERE user_id = u.user_id AND (tenant_id = %(tenant)s::uuid) IS TRUE
) AS q
CROSS JOIN LATERAL (
    SELECT
        count(*)::int AS total,
        count(*) FILTER (WHERE required AND status = 'completed')::int AS required_completed,
        count(*) FILTER (WHERE required AND status = 'in_progress')::int AS required_in_progress,
        coalesce(sum(progress_percentage) FILTER (WHERE required), 0)::bigint AS required_percentage_sum,
        count(*) FILTER (
            WHERE NOT required AND NOT archived AND status = 'completed'
        )::int AS optional_completed,
        count(*) FILTER (
            WHERE NOT required AND NOT archived AND status = 'in_progress'
        )::int AS optional_in_progress,
        coalesce(
            sum(progress_percentage) FILTER (WHERE NOT required AND NOT archived), 0
        )::bigint AS optional_percentage_sum
    FROM progress.user_progress
    WHERE user_id = u.user_id AND (tenant_id = %(tenant)s::uuid) IS TRUE
) AS p
WHERE p.total > 0 OR (
    SELECT true FROM progress.people AS e
    WHERE e.tenant_id = %(tenant)s::uuid AND e.user_id = u.user_id
    LIMIT 1
) OR (
    SELECT true FROM progress.user_summary AS e
    WHERE e.user_id = u.user_id AND (e.tenant_id = %(tenant)s::uuid) IS TRUE
    LIMIT 1
)
ORDER BY u.user_id
ON CONFLICT (user_id, tenant_id) DO UPDATE SET
    former = excluded.former,
    required_since = excluded.required_since,
    required_items = excluded.required_items,
    required_completed = excluded.required_completed,
    required_in_progress = excluded.required_in_progress,
    required_percentage_sum = excluded.required_percentage_sum,
    optional_completed = excluded.optional_completed,
    optional_in_progress = excluded.optional_in_progress,
    optional_percentage_sum = excluded.optional_percentage_sum
WHERE (
    s.former, s.required_since, s.required_items,
    s.required_completed, s.required_in_progress, s.required_percentage_sum,
    s.optional_completed, s.optional_in_progress, s.optional_percentage_sum
) IS DISTINCT FROM (
    excluded.former, excluded.required_since, excluded.required_items,
    excluded.required_completed, excluded.required_in_progress, excluded.required_percentage_sum,
    excluded.optional_completed, excluded.optional_in_progress, excluded.optional_percentage_sum
)
