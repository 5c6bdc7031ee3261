-- Who needs support, and why. The median is that of the members whose progress is not null. A person of whom
-- something is open is inactive by their last activity, or by the requirement if that is later. A new member, and
-- whoever was required something for the first time lately, is not behind.
median AS (
    SELECT
        percentile_cont(0.5) WITHIN GROUP (ORDER BY progress) AS median,
        count(*) >= %(behindMinimumTeam)s::int AS is_large
    FROM figures
),
reasoned AS (
    SELECT
        f.*, m.median,
        array_remove(ARRAY[
            CASE
                WHEN f.items > f.completed_items AND coalesce(
                    greatest(f.last_active, f.open_since)
                    < %(now)s::timestamptz - make_interval(days => %(inactiveDays)s),
                    true
                ) THEN 'inactive'
            END,
            CASE WHEN f.overdue > 0 THEN 'overdue' END,
            CASE
                WHEN m.is_large AND f.progress <= m.median - %(behindPoints)s::int AND coalesce(
                    greatest(f.joined_at, f.required_since)
                    <= %(now)s::timestamptz - make_interval(days => %(newcomerDays)s),
                    true
                ) THEN 'behind'
            END
        ], NULL) AS reasons
    FROM figures AS f CROSS JOIN median AS m
),
judged AS (SELECT *, cardinality(reasons) > 0 AS needs_support FROM reasoned)
