"""Merge a person into another: two accounts of one person become one, in Kafka, Redis and PostgreSQL.

Begin with `merger`, which runs the steps: `people` checks who may be merged and notes the alias, `waiting`
waits for the services, `progress` publishes what one person has for the other, `moving` moves and deletes
rows in one transaction. Every step may be repeated, so a merge that ended early is continued by running the
command again; the `receipt` says what was done.
"""
