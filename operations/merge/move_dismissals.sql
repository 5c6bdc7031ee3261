-- Dismisses what the merged person has dismissed.
INSERT INTO progress.dismissals AS m
SELECT (jsonb_populate_record(d, jsonb_build_object('user_id', %(into)s::uuid))).*
FROM progress.dismissals AS d WHERE d.tenant_id = %(tenant)s AND d.user_id = %(source)s
ON CONFLICT (user_id, content_id, tenant_id) DO UPDATE SET
    dismissed_at = greatest(m.dismissed_at, excluded.dismissed_at)
