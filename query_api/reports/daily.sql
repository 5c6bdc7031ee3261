generate_series(%(from)s::date::timestamp, %(to)s::date::timestamp, interval '1 day') AS g (midnight)
CROSS JOIN LATERAL (SELECT g.midnight::date) AS d (day)
LEFT JOIN (
    SELECT
        day, sum(people) AS people, sum(sessions) AS sessions, sum(wall_ms) AS wall_ms,
        sum(started) AS started, sum(completed) AS completed
    FROM progress.daily_activity
    WHERE tenant_id = %(tenant)s AND day BETWEEN %(from)s AND %(to)s
    GROUP BY day
) AS a USING (day)
