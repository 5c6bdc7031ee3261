"""Compare stored data with what it derives from, while everything runs.

Begin with `database`: PostgreSQL against itself, in one snapshot. It uses `rows` (pure: a row against its
state), `courses` (a row of a course against those of its parts) and `counters` (counters against the rows
that they count). `hot_store` compares Redis with PostgreSQL.
Both yield a `Finding` for each difference; the queries are in the `.sql` files.
"""
