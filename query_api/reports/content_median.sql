-- The median time to completion: of an even number the lower of the two in the middle, as
-- percentile_disc(0.5) has it, a time that a person did take. The counted buckets say in which of them the
-- median lies and at which place, so that the index is read from the bucket's beginning. The bounds are
-- computed beside the window functions: as a condition of the query they would be a filter instead of an
-- index condition, since under row-level security only leakproof expressions may be one.
LEFT JOIN LATERAL (
    SELECT least, beyond, middle - before AS place
    FROM (
        SELECT
            completions,
            coalesce((progress.took_bounds())[bucket], 0) AS least,
            coalesce((progress.took_bounds())[bucket + 1], 9223372036854775807) AS beyond,
            sum(completions) OVER (ORDER BY bucket) - completions AS before,
            div(sum(completions) OVER () - 1, 2) AS middle
        FROM (
            SELECT bucket, sum(completions) AS completions
            FROM progress.content_times
            WHERE tenant_id = %(tenant)s AND content_id = r.content_id
            GROUP BY bucket
        ) AS counted
    ) AS ranked
    WHERE before <= middle AND middle < before + completions
) AS hit ON true
LEFT JOIN LATERAL (
    SELECT took_ms
    FROM progress.user_progress
    WHERE tenant_id = %(tenant)s AND content_id = r.content_id
        AND took_ms >= hit.least AND took_ms < hit.beyond
    ORDER BY took_ms
    OFFSET hit.place LIMIT 1
) AS median ON hit.place IS NOT NULL
