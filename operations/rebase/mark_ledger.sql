-- Ledgers beyond any log, in every partition.
INSERT INTO progress.ledger (topic, partition, first_offset, next_offset, applied, duplicates, dead_lettered)
SELECT %(topic)s, partition, %(beyond)s, %(beyond)s, 0, 0, 0 FROM unnest(%(partitions)s::int[]) AS p (partition)
ON CONFLICT (topic, partition) DO UPDATE SET
    first_offset = excluded.first_offset, next_offset = excluded.next_offset, applied = 0, duplicates = 0, dead_lettered = 0
