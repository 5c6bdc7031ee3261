-- Locks a request against other sinks, and against changes of its item, until the transaction ends.
SELECT requested_at, requested_at < clock_timestamp() - make_interval(secs => %(settled_seconds)s)
FROM progress.rederivations
WHERE tenant_id = %(tenant_id)s AND content_id = %(content_id)s
FOR UPDATE SKIP LOCKED
