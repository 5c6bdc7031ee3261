-- Locks every change of the people whose changes of a tenant have waited longest, so that a person who was noted
-- more than once is computed once. What another transaction holds is left to it.
WITH oldest AS MATERIALIZED (
    SELECT user_id FROM progress.requirement_changes
    WHERE tenant_id = %(tenant)s::uuid ORDER BY tenant_id, id LIMIT %(limit)s
)
SELECT id, user_id::text FROM progress.requirement_changes
WHERE tenant_id = %(tenant)s::uuid AND user_id = ANY (ARRAY(SELECT DISTINCT user_id FROM oldest))
FOR UPDATE SKIP LOCKED
