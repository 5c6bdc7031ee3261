-- Who needs support, and why. The median is that of the members whose progress is not null.
median AS (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY progress) AS median FROM figures
),
reasoned AS (
    SELECT
        f.*, m.median,
        array_remove(ARRAY[
            CASE
                WHEN f.last_active >= %(now)s::timestamptz - make_interval(days => %(inactiveDays)s)
                THEN NULL ELSE 'inactive'
            END,
            CASE WHEN f.overdue > 0 THEN 'overdue' END,
            CASE WHEN f.progress < m.median - %(behindPoints)s::int THEN 'behind' END
        ], NULL) AS reasons
    FROM figures AS f CROSS JOIN median AS m
),
judged AS (SELECT *, cardinality(reasons) > 0 AS needs_support FROM reasoned)
