"""Erase a person, or a whole organisation, from PostgreSQL, Redis, Kafka and the archived months.

Begin with `eraser`: it deletes a person from PostgreSQL first (`database`), which decides; then from Redis
(`hot_store`), Kafka (`tombstones`) and the archived files (`archives`, `rewriting`). A later step that fails
is noted in the `receipt` as open, and done when the command is run again. `organisation` does the same for
all of an organisation, with `organisation_rows` and `organisation_keys`; `subject` says which of the two is
erased, and `terms` has what both share.
"""
