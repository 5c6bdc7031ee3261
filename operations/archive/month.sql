-- All sessions of a month, in the order of the table's primary key.
SELECT
    tenant_id::text, user_id::text, (extract(epoch FROM started_at) * 1000000)::bigint, content_id::text,
    session_key, (extract(epoch FROM last_at) * 1000000)::bigint, watched::text, pages::text,
    watch_ms, content_ms, wall_ms, position_ms, scroll_position, ended, quarters
FROM progress.sessions WHERE started_at >= %(start)s AND started_at < %(stop)s
ORDER BY tenant_id, user_id, started_at, content_id, session_key
