-- Positions beyond any log, in every partition.
INSERT INTO progress.positions (topic, partition, next_offset)
SELECT %(topic)s, partition, %(beyond)s FROM unnest(%(partitions)s::int[]) AS p (partition)
ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset, source_next_offset = NULL
