-- The sessions that have held a lock on a table of the schema for longer than a try of a migration, oldest first.
SELECT a.pid, coalesce(nullif(a.application_name, ''), a.usename), date_trunc('second', a.xact_start)::text
FROM pg_stat_activity AS a
WHERE a.pid <> pg_backend_pid() AND a.xact_start < clock_timestamp() - interval '1 second'
    AND EXISTS (
        SELECT FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation
        WHERE l.pid = a.pid AND l.granted AND c.relnamespace = to_regnamespace('progress')
            AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    )
ORDER BY a.xact_start
LIMIT 10
