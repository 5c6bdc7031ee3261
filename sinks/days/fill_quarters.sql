-- Counts the watch time of these people in the quarters of an hour of their sessions.
INSERT INTO progress.person_quarters (tenant_id, user_id, quarter, wall_ms)
SELECT s.tenant_id, s.user_id, q.quarter, sum(q.wall_ms)
FROM progress.sessions AS s
CROSS JOIN LATERAL progress.quarters_of(s.started_at, s.last_at, s.wall_ms, s.quarters) AS q
WHERE s.tenant_id = %(tenant)s AND s.user_id = ANY(%(people)s::uuid[])
GROUP BY s.tenant_id, s.user_id, q.quarter
HAVING sum(q.wall_ms) <> 0
