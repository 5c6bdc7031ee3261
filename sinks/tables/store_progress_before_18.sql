-- As `store_progress.sql`, for servers before 18, which return no old values and take no MERGE within a statement: the
-- rows are locked, their figures are kept in a temporary table, and what was stored is read back.
SELECT FROM pg_temp.incoming AS i
JOIN progress.user_progress AS p
    ON p.user_id = i.user_id AND p.content_id = i.content_id AND (p.tenant_id = i.tenant_id) IS TRUE
FOR NO KEY UPDATE OF p
;
INSERT INTO pg_temp.incoming_before
SELECT
    i.place, i.partial, i.user_id, i.content_id, i.tenant_id, i.source_partition, i.source_offset,
    o.id, o.status, o.progress_percentage, o.coverage, o.course, o.content_ms, o.wall_ms, o.slices, o.took_ms,
    o.started_at, o.last_viewed_at, o.completed_at, o.milestones
FROM pg_temp.incoming AS i
LEFT JOIN progress.user_progress AS o
    ON o.user_id = i.user_id AND o.content_id = i.content_id AND (o.tenant_id = i.tenant_id) IS TRUE
;
{merge}
;
WITH stored AS (
    SELECT
    {stored}
    FROM pg_temp.incoming_before AS o
    CROSS JOIN LATERAL (VALUES (o.place, o.partial)) AS i (place, partial)
    JOIN progress.user_progress AS n
        ON n.user_id = o.user_id AND n.content_id = o.content_id AND (n.tenant_id = o.tenant_id) IS TRUE
        -- A row of another source was left as it is.
        AND n.source_partition = o.source_partition AND n.source_offset = o.source_offset
),
people AS MATERIALIZED (
    SELECT d.*, s.user_id IS NULL AS is_new
    FROM (
        {people}
    ) AS d
    LEFT JOIN progress.user_summary AS s ON s.user_id = d.user_id AND s.tenant_id = d.tenant_id
),
added AS (
    UPDATE progress.user_summary AS s SET
        {added}
    FROM people AS d
    WHERE s.user_id = d.user_id AND s.tenant_id = d.tenant_id AND NOT d.is_new
),
created AS (
    INSERT INTO progress.user_summary ({columns})
    SELECT {values} FROM people AS d WHERE d.is_new
),
{counters}
