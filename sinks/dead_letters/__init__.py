"""Records that cannot be stored: how they are found, published and limited.

Read in this order: `bisect` (the few entries that PostgreSQL refuses, among many that it accepts), `limit`
(bad records of single people, or a bad release), `publish` (dead letters and tombstones into Kafka). The
first two are pure.
"""
