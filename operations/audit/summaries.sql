-- Summaries of people that differ from the sums over their rows and their requirements. People who wait to be
-- computed again are left out of the latter.
WITH counted AS (
    SELECT
        tenant_id, user_id, count(*) AS total_items,
        count(*) FILTER (WHERE status = 'completed') AS completed_items,
        count(*) FILTER (WHERE status = 'in_progress') AS in_progress_items,
        sum(progress_percentage) AS percentage_sum,
        coalesce(sum(content_ms) FILTER (WHERE course IS NULL), 0) AS content_ms,
        max(last_viewed_at) AS last_viewed_at,
        count(*) FILTER (WHERE required AND status = 'completed') AS required_completed,
        count(*) FILTER (WHERE required AND status = 'in_progress') AS required_in_progress,
        coalesce(sum(progress_percentage) FILTER (WHERE required), 0) AS required_percentage_sum,
        count(*) FILTER (WHERE NOT required AND NOT archived AND status = 'completed') AS optional_completed,
        count(*) FILTER (
            WHERE NOT required AND NOT archived AND status = 'in_progress'
        ) AS optional_in_progress,
        coalesce(
            sum(progress_percentage) FILTER (WHERE NOT required AND NOT archived), 0
        ) AS optional_percentage_sum
    FROM progress.user_progress
    GROUP BY tenant_id, user_id
),
wanted AS (
    SELECT tenant_id, user_id, count(*) AS required_items, min(required_since) AS required_since
    FROM progress.requirements GROUP BY tenant_id, user_id
),
spent AS (
    SELECT tenant_id, user_id, sum(least(wall_ms, 900000)) AS wall_ms
    FROM progress.person_quarters GROUP BY tenant_id, user_id
),
made AS (
    SELECT
        tenant_id, user_id,
        coalesce(total_items, 0) AS total_items, coalesce(completed_items, 0) AS completed_items,
        coalesce(in_progress_items, 0) AS in_progress_items, coalesce(percentage_sum, 0) AS percentage_sum,
        coalesce(content_ms, 0) AS content_ms, coalesce(spent.wall_ms, 0) AS wall_ms, counted.last_viewed_at,
        f.user_id IS NOT NULL AS former, required_since, coalesce(required_items, 0) AS required_items,
        coalesce(required_completed, 0) AS required_completed,
        coalesce(required_in_progress, 0) AS required_in_progress,
        coalesce(required_percentage_sum, 0) AS required_percentage_sum,
        coalesce(optional_completed, 0) AS optional_completed,
        coalesce(optional_in_progress, 0) AS optional_in_progress,
        coalesce(optional_percentage_sum, 0) AS optional_percentage_sum
    FROM (
        SELECT tenant_id, user_id FROM progress.user_summary
        UNION SELECT tenant_id, user_id FROM counted
        UNION SELECT tenant_id, user_id FROM wanted
    ) AS everyone
    LEFT JOIN counted USING (tenant_id, user_id)
    LEFT JOIN wanted USING (tenant_id, user_id)
    LEFT JOIN spent USING (tenant_id, user_id)
    LEFT JOIN progress.former_people AS f USING (tenant_id, user_id)
),
compared AS (
    SELECT
        tenant_id, user_id,
        to_jsonb(s) - '{tenant_id,user_id}'::text[] - '{progress,curriculum_items}'::text[]
            - '{curriculum_completed,curriculum_in_progress,archived_wall_ms}'::text[]
            || jsonb_build_object('wall_ms', s.wall_ms - s.archived_wall_ms) AS said,
        to_jsonb(m) - '{tenant_id,user_id}'::text[] AS made
    FROM made AS m LEFT JOIN progress.user_summary AS s USING (tenant_id, user_id)
)
SELECT tenant_id, user_id, said, made
FROM compared AS c
LEFT JOIN progress.day_zones AS z USING (tenant_id)
CROSS JOIN LATERAL (
    SELECT CASE WHEN z.recount OR (z.zone = z.next_zone AND c.user_id > z.next_to) THEN '{wall_ms}'::text[]
        ELSE '{}'::text[]
    END || CASE
        WHEN EXISTS (
            SELECT FROM progress.requirement_changes AS w
            WHERE w.tenant_id = c.tenant_id AND w.user_id = c.user_id
        )
        THEN ARRAY[
            'former', 'required_since', 'required_items',
            'required_completed', 'required_in_progress', 'required_percentage_sum',
            'optional_completed', 'optional_in_progress', 'optional_percentage_sum'
        ] ELSE '{}'::text[]
    END AS waiting
) AS w
WHERE said - waiting IS DISTINCT FROM made - waiting
