-- The items of these people, and the older sessions of items under the names that Redis has of them.
SELECT tenant_id::text || ':' || user_id::text, content_id::text, state
FROM unnest(%(tenants)s::uuid[], %(users)s::uuid[]) AS wanted (tenant_id, user_id)
JOIN progress.user_progress USING (tenant_id, user_id)
UNION ALL
SELECT tenant_id::text || ':' || user_id::text, content_id::text || '+', state
FROM unnest(%(tenants)s::uuid[], %(users)s::uuid[]) AS wanted (tenant_id, user_id)
JOIN progress.older_sessions USING (tenant_id, user_id)
