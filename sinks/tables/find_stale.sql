-- The places of incoming states that are older than their row.
SELECT i.place
FROM pg_temp.incoming AS i
JOIN progress.user_progress AS p
    ON p.user_id = i.user_id AND p.content_id = i.content_id AND (p.tenant_id = i.tenant_id) IS TRUE
WHERE (p.source_partition, p.source_offset) > (i.source_partition, i.source_offset)
