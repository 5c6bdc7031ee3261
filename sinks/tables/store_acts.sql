-- Stores the acts of entries of which none is stored.
INSERT INTO progress.acts (
    tenant_id, user_id, content_id, acted_at, act_key, kind, acted_by, adjusted_ms, percentage, wall_ms
)
SELECT
    tenant_id, user_id, content_id, to_timestamp(at_ms / 1000.0::float8), act_key, kind, acted_by, adjusted_ms,
    percentage, wall_ms
FROM unnest(
    %(tenants)s::uuid[], %(users)s::uuid[], %(contents)s::uuid[],
    %(instants)s::bigint[], %(keys)s::text[], %(kinds)s::text[], %(acted_by)s::uuid[], %(adjusted)s::bigint[],
    %(percentages)s::float8[], %(wall_times)s::bigint[]
) AS i (tenant_id, user_id, content_id, at_ms, act_key, kind, acted_by, adjusted_ms, percentage, wall_ms)
