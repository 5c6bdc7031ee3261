"""What `playhead status` reports.

Begin with `partition_status` (pure: lags and ledgers of a partition, and what is wrong with them);
`partitions` reads them from Kafka, Redis and PostgreSQL, `stalls` finds partitions that do not move,
`services` asks the services whether they are ready, `repartition` looks for one under way, and `view` prints.
"""
