"""From entries to PostgreSQL's tables.

Read in this order: `store` (the transaction of a batch, with the positions that it moves), `prepare` (the
batch, written in COPY's format ahead of its turn), `load` (entries into the tables), `copy` (the lines of
COPY), `months` (the partitions of `sessions`), `connection` (settings and errors of the connection),
`statements` (the SQL, in the files beside it; `store_progress.sql` and `store_sessions.sql` do nearly all the
work).

The progress of a state, `State.progress`, is stored in the column `user_progress.state`. The code calls both
`progress`; only SQL names the column.
"""
