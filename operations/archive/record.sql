-- Remember a file as the month's.
INSERT INTO progress.archives (month, path, rows, bytes, sha256)
VALUES (%(month)s, %(path)s, %(rows)s, %(bytes)s, %(sha256)s)
ON CONFLICT (month) DO UPDATE SET
    path = excluded.path, rows = excluded.rows, bytes = excluded.bytes, sha256 = excluded.sha256,
    archived_at = now()
