-- Locks the longest waiting changes of a tenant. What another transaction holds is left to it.
SELECT id, user_id::text FROM progress.requirement_changes
WHERE tenant_id = %(tenant)s::uuid ORDER BY id LIMIT %(limit)s
FOR UPDATE SKIP LOCKED
