-- Gives the other the merged person's own assignments; one that they have themselves stands.
INSERT INTO progress.assignments
SELECT (jsonb_populate_record(a, jsonb_build_object('target_id', %(into)s::uuid))).*
FROM progress.assignments AS a
WHERE a.tenant_id = %(tenant)s AND a.target = 'person' AND a.target_id = %(source)s
ON CONFLICT DO NOTHING
