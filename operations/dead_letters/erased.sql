-- Which of these people are erased, alone or with their organisation.
SELECT e.tenant_id::text, e.user_id::text
FROM unnest(%(tenants)s::uuid[], %(people)s::uuid[]) AS w (tenant_id, user_id)
JOIN progress.erased_people AS e USING (tenant_id, user_id)
UNION
SELECT w.tenant_id::text, w.user_id::text
FROM unnest(%(tenants)s::uuid[], %(people)s::uuid[]) AS w (tenant_id, user_id)
JOIN progress.erased_tenants USING (tenant_id)
