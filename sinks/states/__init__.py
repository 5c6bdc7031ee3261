"""From the states topic to entries: everything before PostgreSQL.

Read in this order: `assigned` (one partition's offsets and gaps), `consume` (the member of the consumer
group), `share` (the records of this database's tenants), `decode` (a record becomes a state entry, a
checkpoint, or a rejected record), `batch` (what the next transaction will hold), `latest` (of many states of
one key, the latest), `watch` (a consumer that is stuck).
All but `consume` and the thread of `watch` are pure.
"""
