-- Rows of a month, and the sum over the first halves of the MD5 of each row's text.
SELECT
    count(*),
    coalesce(sum(('x' || left(md5(concat_ws('|',
        tenant_id, user_id, (extract(epoch FROM started_at) * 1000000)::bigint, content_id, session_key,
        (extract(epoch FROM last_at) * 1000000)::bigint, watched, pages, watch_ms, content_ms, wall_ms,
        coalesce(position_ms::text, ''), coalesce(encode(float4send(scroll_position), 'hex'), ''), ended,
        quarters  -- none where null, as in files of releases before they had it
    )), 16))::bit(64)::bigint), 0)
FROM progress.sessions WHERE started_at >= %(start)s AND started_at < %(stop)s
