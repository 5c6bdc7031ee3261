-- Stores the completions of entries of which none is stored.
INSERT INTO progress.completions (tenant_id, user_id, content_id, number, completed_at, evidence, marked_by)
SELECT tenant_id, user_id, content_id, number, to_timestamp(at_ms / 1000.0::float8), evidence, marked_by
FROM unnest(
    %(tenants)s::uuid[], %(users)s::uuid[], %(contents)s::uuid[],
    %(numbers)s::int[], %(instants)s::bigint[], %(evidence)s::text[], %(marked_by)s::uuid[]
) AS i (tenant_id, user_id, content_id, number, at_ms, evidence, marked_by)
