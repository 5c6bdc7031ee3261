"""Erase a person from PostgreSQL, Redis, Kafka and the archived months.

Begin with `eraser`: it deletes from PostgreSQL first (`database`), which decides; then from Redis
(`hot_store`), Kafka (`tombstones`) and the archived files (`archives`, `rewriting`). A later step that fails
is noted in the `receipt` as open, and done when the command is run again.
"""
