-- The newest sessions and acts of a person, each limited before they are merged. The conditions are composed.
SELECT h.*, p.display_name
FROM (
    (
        SELECT
            'session' AS kind, content_id, session_key AS key, started_at AS at, last_at,
            watched, watch_ms, content_ms, NULL::uuid AS acted_by, NULL::float8 AS percentage
        FROM progress.sessions
        WHERE {sessions}
        ORDER BY started_at DESC, content_id DESC, session_key DESC
        LIMIT %(limit)s
    )
    UNION ALL
    (
        SELECT
            kind, content_id, act_key, acted_at, acted_at,
            NULL::int4multirange, wall_ms, 0, acted_by, percentage
        FROM progress.acts
        WHERE {acts}
        ORDER BY acted_at DESC, content_id DESC, act_key DESC
        LIMIT %(limit)s
    )
) AS h
LEFT JOIN progress.people AS p ON p.tenant_id = %(tenant)s AND p.user_id = h.acted_by
ORDER BY h.at DESC, h.content_id DESC, h.key DESC
LIMIT %(limit)s
