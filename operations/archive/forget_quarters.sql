-- Deletes quarters of an hour of people in a month (UTC); their sum stays in the people's watch time.
WITH gone AS (
    DELETE FROM progress.person_quarters AS q USING (
        SELECT tenant_id, user_id, quarter FROM progress.person_quarters
        WHERE
            quarter >= extract(epoch FROM %(month)s::date) / 900
            AND quarter < extract(epoch FROM %(next)s::date) / 900
        LIMIT %(limit)s
    ) AS of_month
    WHERE (q.tenant_id, q.user_id, q.quarter) = (of_month.tenant_id, of_month.user_id, of_month.quarter)
    RETURNING q.tenant_id, q.user_id, least(q.wall_ms, 900000) AS wall_ms
),
kept AS (
    UPDATE progress.user_summary AS s SET archived_wall_ms = s.archived_wall_ms + g.wall_ms
    FROM (SELECT tenant_id, user_id, sum(wall_ms) AS wall_ms FROM gone GROUP BY tenant_id, user_id) AS g
    WHERE s.tenant_id = g.tenant_id AND s.user_id = g.user_id
)
SELECT count(*) FROM gone
