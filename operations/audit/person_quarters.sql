-- What person_quarters must hold, but for archived months, whose sessions may have gone on into the month after; and
-- for people who wait to be counted again after a migration.
SELECT s.tenant_id, s.user_id, q.quarter, sum(q.wall_ms)::bigint AS wall_ms
FROM progress.sessions AS s
CROSS JOIN LATERAL progress.quarters_of(s.started_at, s.last_at, s.wall_ms, s.quarters) AS q
WHERE
    NOT EXISTS (
        SELECT FROM progress.archives AS a
        WHERE a.dropped_at IS NOT NULL
            AND q.quarter * 900.0 >= extract(epoch FROM a.month)
            AND q.quarter * 900.0 < extract(epoch FROM a.month + interval '2 months')
    )
    AND NOT EXISTS (
        SELECT FROM progress.day_zones AS z
        WHERE z.tenant_id = s.tenant_id AND (z.recount OR (z.zone = z.next_zone AND s.user_id > z.next_to))
    )
GROUP BY s.tenant_id, s.user_id, q.quarter
