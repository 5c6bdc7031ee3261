-- The editions of an item, the latest first; of a new attempt for everyone, how far it has come.
SELECT begun_at, begun_by::text, new_attempt, people, as_of FROM progress.editions
WHERE tenant_id = %(tenant)s AND content_id = %(content)s
ORDER BY begun_at DESC LIMIT %(limit)s
