-- Figures for each member. The subquery by person keeps the planner from reading all of the tenant's rows
-- of each required item.
wanted AS MATERIALIZED (
    SELECT
        crew, array_agg(content_id) AS contents,
        coalesce(array_agg(content_id) FILTER (WHERE due_at < %(now)s::timestamptz), '{}') AS due
    FROM required GROUP BY crew
),
met AS MATERIALIZED (
    SELECT p.*
    FROM crews AS c
    JOIN wanted AS w USING (crew)
    CROSS JOIN LATERAL (
        SELECT
            c.user_id, count(*) AS opened, count(*) FILTER (WHERE status = 'completed') AS completed,
            count(*) FILTER (WHERE status = 'completed' AND content_id = ANY (w.due)) AS due
        FROM progress.user_progress
        WHERE user_id = c.user_id AND content_id = ANY (w.contents)
            AND tenant_id = %(tenant)s::uuid
    ) AS p
),
figures AS MATERIALIZED (
    SELECT
        *, percentage_sum::float8 / nullif(items, 0) AS progress
    FROM (
        SELECT
            c.user_id,
            coalesce(s.total_items, 0)
                + coalesce(cardinality(w.contents), 0) - coalesce(met.opened, 0) AS items,
            coalesce(s.percentage_sum, 0) AS percentage_sum,
            coalesce(s.completed_items, 0) AS completed_items,
            coalesce(cardinality(w.contents), 0) AS required,
            coalesce(met.completed, 0) AS required_completed,
            coalesce(cardinality(w.due), 0) - coalesce(met.due, 0) AS overdue,
            s.last_viewed_at AS last_active,
            coalesce(s.wall_ms, 0) AS wall_ms
        FROM crews AS c
        LEFT JOIN progress.user_summary AS s
            ON s.user_id = c.user_id AND s.tenant_id = %(tenant)s::uuid
        LEFT JOIN wanted AS w USING (crew)
        LEFT JOIN met ON met.user_id = c.user_id
    ) AS counted
)
