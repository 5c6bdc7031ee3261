-- Puts the other into the directory, if only the merged person is in it.
INSERT INTO progress.people
SELECT (jsonb_populate_record(p, jsonb_build_object('user_id', %(into)s::uuid))).*
FROM progress.people AS p WHERE p.tenant_id = %(tenant)s AND p.user_id = %(source)s
ON CONFLICT DO NOTHING
