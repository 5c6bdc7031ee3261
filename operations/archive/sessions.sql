-- Sessions of a person in the database.
SELECT
    content_id::text, session_key, started_at, last_at,
    (SELECT coalesce(array_agg(ARRAY[lower(r), upper(r)]), '{}') FROM unnest(watched) AS r) AS watched,
    (SELECT coalesce(array_agg(ARRAY[lower(r), upper(r)]), '{}') FROM unnest(pages) AS r) AS pages,
    content_ms, wall_ms, position_ms, scroll_position, ended
FROM progress.sessions
WHERE tenant_id = %(tenant)s AND user_id = %(user)s
    AND (%(content)s::uuid IS NULL OR content_id = %(content)s)
    AND (%(since)s::timestamptz IS NULL OR started_at >= %(since)s)
    AND (%(until)s::timestamptz IS NULL OR started_at < %(until)s)
