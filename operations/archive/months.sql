-- The partitions of sessions by month, and their sizes.
SELECT to_date(right(c.relname, 7), 'YYYY_MM') AS month, pg_total_relation_size(c.oid) AS bytes
FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = 'progress.sessions'::regclass AND c.relname ~ '^sessions_\d{4}_\d{2}$'
ORDER BY month
