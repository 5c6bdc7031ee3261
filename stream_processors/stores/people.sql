-- Every item of these people, the older sessions of items (see playhead/wire/keys.py), and which of the people were
-- erased, alone or with their organisation. One statement, because a person who is erased between two would be taken
-- for a new one. A row without a
-- source offset is of a course, derived from its parts: nothing was sent of the course itself.
WITH wanted AS (SELECT * FROM unnest(%s::uuid[], %s::uuid[]) AS wanted (tenant_id, user_id))
SELECT tenant_id::text, user_id::text, content_id::text, state, NULL::bigint, false
FROM wanted JOIN progress.user_progress USING (user_id, tenant_id)
WHERE source_offset >= 0
UNION ALL
SELECT tenant_id::text, user_id::text, content_id::text || '+', state, NULL::bigint, false
FROM wanted JOIN progress.older_sessions USING (user_id, tenant_id)
UNION ALL
SELECT tenant_id::text, user_id::text, NULL, NULL, (extract(epoch FROM erased_at) * 1000)::bigint, false
FROM wanted JOIN progress.erased_people USING (user_id, tenant_id)
UNION ALL
SELECT tenant_id::text, user_id::text, NULL, NULL, (extract(epoch FROM erased_at) * 1000)::bigint, true
FROM wanted JOIN progress.erased_tenants USING (tenant_id)
