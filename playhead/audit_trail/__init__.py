"""The audit trail: one event for each privileged act, written to a log of its own and to PostgreSQL.

`events` is what is recorded, `deduplication` combines events that are alike within a minute, and `recorder`
records from a service's event loop. Begin with `events`.
"""
