-- Sessions outside of every month.
SELECT tenant_id, user_id, content_id, count(*) AS sessions, min(started_at) AS first
FROM progress.sessions WHERE tableoid = 'progress.sessions_default'::regclass
GROUP BY tenant_id, user_id, content_id
