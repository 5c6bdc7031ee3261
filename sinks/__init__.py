"""The sink: from the states topic to PostgreSQL, in batches.

Pure: `reading`, `collapse`, `rows`, `batch`, `bisection`, `continuity`, `ceiling`, `months`. At the edges:
`consumer` (Kafka in), `letters` (Kafka out), `postgres` and `store` (PostgreSQL), `writer` (a thread), `sink`
(the loop), `service` (the process). The schema and its migrations live here too, and `audit`.
"""
