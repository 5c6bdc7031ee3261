-- Makes the other a member of the merged person's teams; who manages a team, as either, manages it.
INSERT INTO progress.team_members AS m
SELECT (jsonb_populate_record(t, jsonb_build_object('user_id', %(into)s::uuid))).*
FROM progress.team_members AS t WHERE t.tenant_id = %(tenant)s AND t.user_id = %(source)s
ON CONFLICT (tenant_id, team_id, user_id) DO UPDATE SET
    role = CASE WHEN excluded.role = 'manager' THEN excluded.role ELSE m.role END,
    joined_at = least(m.joined_at, excluded.joined_at)
