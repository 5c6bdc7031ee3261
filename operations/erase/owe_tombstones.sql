-- Note the keys of the states that the rows were made of.
INSERT INTO progress.owed_tombstones
SELECT tenant_id, user_id, content_id, source_partition
FROM progress.user_progress WHERE tenant_id = %(tenant)s AND user_id = %(user)s
ON CONFLICT DO NOTHING
