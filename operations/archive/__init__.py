"""Archive months of `sessions` as Parquet files, drop them from the database, and read them again.

Begin with `archiver`, the steps of one month: its file is *written* beside its final place, *verified*
against the database, *recorded* in `progress.archives` with its SHA-256, *put in place*, and the partition is
*dropped* unless rows were added meanwhile. Each step is safe to repeat, so a command that was killed is run
again. A file that is not recorded is never replaced.

`retention` (errors, one command at a time) · `age` (which months are old enough, pure) · `catalogue` (months
and records) · `month_file` with `parquet`, `checksum` and `files` (write and verify a file) · `dropping`
(deletions) · `history` (a person's sessions, from files and the database) · `view`.
"""
