-- Summaries of people that differ from the sums over their rows.
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
