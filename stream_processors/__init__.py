"""The stream processor: applies heartbeats to progress in Redis and publishes the new states to Kafka.

Theory of operation. A batch is consecutive records of one partition (`playhead.kafka.batches.RecordBatch`);
`playhead.wire.offsets` defines the offsets named here.

1. Fetch. `consumer.batch_consumer.BatchConsumer` fetches a partition once its worker has room, and Faust's
   agent (`consumer.application.build`) submits the batch to the partition's `PartitionWorker`.
2. Decode. `apply.decode.decode` sorts heartbeats by person and item; other records become dead
   letters.
3. Load. `partition.people.PeopleLoader.load` reads the people from Redis.
4. Decide. `apply.decide.decide_in_steps` returns a `Decision`: writes, states, dead letters and the next
   ledger. Duplicates are recognised here, twice over: a heartbeat before the ledger's next offset counts
   nothing, and one whose progress is already known changes nothing (`playhead.progress.advance.advance`).
   That function also decides when an item is completed (90 % unless its policy says otherwise).
5. Write. `stores.hot_store.HotStore.write` writes progress and ledger by one script, or nothing. It is
   fenced: Redis refuses it unless this generation holds the claim and the applied offset is the expected one
   (`stores/write.lua`). The applied offset moves here.
6. Publish. `stores.publish.publish_decision` awaits the acks of states and dead letters, then sends the
   checkpoint. The worker's published offset moves here; Redis learns it with the next write.
7. Commit. The worker acknowledges the batch, and `BatchConsumer.force_commit` commits the acknowledged prefix
   every few seconds. The committed offset is a hint.

A start (`partition.start.start`) reads from the published offset in Redis. Batches between the published and
the applied offset are then processed twice: they change nothing and are published again.

If Redis was flushed, `partition.start.start` begins from the ledger in PostgreSQL, and
`stores.restore.restore` copies people from there when a batch names them. A worker whose
Redis changed is refused by the fence, or notices when idle (`PartitionWorker._check_redis`); it locates its
partition again.

While a store is unavailable, `partition.retry.PartitionRetry.call` holds the partition. The watchdog
(`partition.watchdog.Watchdog`) ends a process whose partition has records and does not move.

Begin with `service` (what is connected to what), then `partition.worker`.
"""
