-- States that Kafka may hold: those of the rows, and those that are owed a tombstone.
SELECT content_id::text, source_partition FROM progress.user_progress
WHERE tenant_id = %(tenant)s AND user_id = %(user)s
UNION
SELECT content_id::text, partition FROM progress.owed_tombstones
WHERE tenant_id = %(tenant)s AND user_id = %(user)s
