-- The rights of the present role on each table of the schema. A right to some columns counts.
SELECT relname AS name, array_remove(ARRAY[
    CASE WHEN has_any_column_privilege(pg_class.oid, 'SELECT') THEN 'SELECT' END,
    CASE WHEN has_any_column_privilege(pg_class.oid, 'INSERT') THEN 'INSERT' END,
    CASE WHEN has_any_column_privilege(pg_class.oid, 'UPDATE') THEN 'UPDATE' END,
    CASE WHEN has_table_privilege(pg_class.oid, 'DELETE') THEN 'DELETE' END
], NULL) AS granted
FROM pg_class
JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = 'progress' AND relkind IN ('r', 'p', 'v') AND NOT relispartition
ORDER BY relname
