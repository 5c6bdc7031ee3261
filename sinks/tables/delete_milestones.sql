-- Deletes the completions and the acts of these entries.
WITH changed AS MATERIALIZED (
    SELECT tenant_id, user_id, content_id
    FROM unnest(%(tenants)s::uuid[], %(users)s::uuid[], %(contents)s::uuid[]) AS i (tenant_id, user_id, content_id)
),
completions AS (
    DELETE FROM progress.completions AS c USING changed AS i
    WHERE c.user_id = i.user_id AND c.content_id = i.content_id AND c.tenant_id = i.tenant_id
)
DELETE FROM progress.acts AS a USING changed AS i
WHERE a.user_id = i.user_id AND a.content_id = i.content_id AND a.tenant_id = i.tenant_id
