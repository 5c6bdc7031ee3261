-- Former people are out of every figure but the time spent and a count of their own.
SELECT
    content_id, c.title, c.title_key, c.type, coalesce(c.archived, false) AS archived,
    coalesce(s.assigned, 0) AS assigned, coalesce(s.required_started, 0) AS required_started,
    coalesce(s.required_completed, 0) AS required_completed,
    coalesce(s.started, 0) AS started, coalesce(s.completed, 0) AS completed,
    coalesce(s.percentage_sum, 0) AS percentage_sum, coalesce(s.coverage_sum, 0) AS coverage_sum,
    coalesce(s.former_started, 0) AS former_started, coalesce(s.wall_ms, 0) AS wall_ms
FROM (
    SELECT content_id, title, title_key, type, archived
    FROM progress.content_items WHERE tenant_id = %(tenant)s
) AS c
FULL JOIN (
    SELECT
        content_id, sum(assigned) AS assigned, sum(required_started) AS required_started,
        sum(required_completed) AS required_completed,
        sum(started - former_started) AS started, sum(completed - former_completed) AS completed,
        sum(percentage_sum - former_percentage_sum) AS percentage_sum,
        sum(coverage_sum - former_coverage_sum) AS coverage_sum,
        sum(former_started) AS former_started, sum(wall_ms) AS wall_ms
    FROM progress.content_summary
    WHERE tenant_id = %(tenant)s
    GROUP BY content_id
    HAVING sum(people) <> 0 OR sum(assigned) <> 0
) AS s USING (content_id)
