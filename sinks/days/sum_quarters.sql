-- Sums the watch time of these people. Where months are archived, it includes what items have beyond the sessions in
-- the table.
UPDATE progress.user_summary AS s
SET
    archived_wall_ms = CASE WHEN a.any THEN greatest(coalesce(i.wall_ms, 0) - coalesce(q.whole_ms, 0), 0) ELSE 0 END,
    wall_ms = coalesce(q.wall_ms, 0)
        + CASE WHEN a.any THEN greatest(coalesce(i.wall_ms, 0) - coalesce(q.whole_ms, 0), 0) ELSE 0 END
FROM unnest(%(people)s::uuid[]) AS p (user_id)
CROSS JOIN (SELECT EXISTS (SELECT FROM progress.archives WHERE dropped_at IS NOT NULL) AS any) AS a
CROSS JOIN LATERAL (
    SELECT sum(wall_ms) AS whole_ms, sum(least(wall_ms, 900000)) AS wall_ms
    FROM progress.person_quarters WHERE tenant_id = %(tenant)s AND user_id = p.user_id
) AS q
CROSS JOIN LATERAL (
    SELECT sum(wall_ms) AS wall_ms FROM progress.user_progress AS u
    WHERE u.user_id = p.user_id AND (u.tenant_id = %(tenant)s) IS TRUE AND u.course IS NULL
) AS i
WHERE s.user_id = p.user_id AND s.tenant_id = %(tenant)s
