SELECT
    content_id, c.title, c.title_key, c.type, coalesce(c.archived, false) AS archived,
    coalesce(s.started, 0) AS started, coalesce(s.completed, 0) AS completed,
    coalesce(s.percentage_sum, 0) AS percentage_sum, coalesce(s.coverage_sum, 0) AS coverage_sum,
    coalesce(s.wall_ms, 0) AS wall_ms
FROM (
    SELECT content_id, title, title_key, type, archived
    FROM progress.content_items WHERE tenant_id = %(tenant)s
) AS c
FULL JOIN (
    SELECT
        content_id, sum(people) AS started, sum(completed) AS completed,
        sum(percentage_sum) AS percentage_sum, sum(coverage_sum) AS coverage_sum,
        sum(wall_ms) AS wall_ms
    FROM progress.content_summary
    WHERE tenant_id = %(tenant)s
    GROUP BY content_id
    HAVING sum(people) <> 0
) AS s USING (content_id)
