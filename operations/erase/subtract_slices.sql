-- Subtract the person from the viewers of each slice of an item.
INSERT INTO progress.content_slices AS c (tenant_id, content_id, slice, shard, viewers)
SELECT tenant_id, content_id, slice, -1, -1
FROM progress.user_progress JOIN generate_series(0, 19) AS slice ON ((slices >> slice) & 1) = 1
WHERE tenant_id = %(tenant)s AND user_id = %(user)s
ON CONFLICT (tenant_id, content_id, slice, shard) DO UPDATE SET viewers = c.viewers + excluded.viewers
