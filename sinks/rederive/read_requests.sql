-- All requests, the oldest first, and whether each is settled.
SELECT
    tenant_id::text, content_id::text, requested_at,
    requested_at < clock_timestamp() - make_interval(secs => %(settled_seconds)s)
FROM progress.rederivations ORDER BY requested_at, tenant_id, content_id
