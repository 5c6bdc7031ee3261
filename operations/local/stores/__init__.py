"""Kafka, Redis and PostgreSQL as child processes that keep their data and ports over restarts.

Begin with `stack`, which runs all three, and `store`, what they have in common. `java` and `kafka_jars`
find what Kafka needs, and `postgres_place` a user and a directory for PostgreSQL.
"""
