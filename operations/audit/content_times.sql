-- What content_times must hold.
SELECT tenant_id, content_id, progress.took_bucket(took_ms) AS bucket, count(*) AS completions
FROM progress.user_progress WHERE took_ms IS NOT NULL GROUP BY tenant_id, content_id, bucket
