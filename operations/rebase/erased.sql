-- Who of these people was erased, alone or with their organisation.
SELECT w.tenant_id::text || ':' || w.user_id::text
FROM unnest(%(tenants)s::uuid[], %(users)s::uuid[]) AS w (tenant_id, user_id)
WHERE
    EXISTS (SELECT FROM progress.erased_people AS e WHERE e.user_id = w.user_id AND e.tenant_id = w.tenant_id)
    OR EXISTS (SELECT FROM progress.erased_tenants AS e WHERE e.tenant_id = w.tenant_id)
