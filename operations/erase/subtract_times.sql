-- Subtract the person from the times to completion.
INSERT INTO progress.content_times AS c (tenant_id, content_id, bucket, shard, completions)
SELECT tenant_id, content_id, progress.took_bucket(took_ms), -1, -1
FROM progress.user_progress WHERE tenant_id = %(tenant)s AND user_id = %(user)s AND took_ms IS NOT NULL
ON CONFLICT (tenant_id, content_id, bucket, shard) DO UPDATE SET
    completions = c.completions + excluded.completions
