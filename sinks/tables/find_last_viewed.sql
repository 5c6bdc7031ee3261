-- Finds again when these people were last active, from all of their items: in one of them it is now earlier.
--
-- A statement of its own, after the rows are stored: among the rows of one statement each person's would be compared
-- with the whole batch.
UPDATE progress.user_summary AS s SET last_viewed_at = i.last_viewed_at
FROM (
    SELECT DISTINCT tenant_id, user_id FROM unnest(%(tenants)s::uuid[], %(users)s::uuid[]) AS p (tenant_id, user_id)
    ORDER BY user_id, tenant_id
) AS p
CROSS JOIN LATERAL (
    SELECT max(q.last_viewed_at) AS last_viewed_at FROM progress.user_progress AS q
    WHERE q.user_id = p.user_id AND (q.tenant_id = p.tenant_id) IS TRUE
) AS i
WHERE s.user_id = p.user_id AND (s.tenant_id = p.tenant_id) IS TRUE
    AND s.last_viewed_at IS DISTINCT FROM i.last_viewed_at
