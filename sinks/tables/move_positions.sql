-- Moves each partition from where the batch starts to where it ends. Rows that are not updated are fenced: another
-- sink has stored their partition.
UPDATE progress.positions AS p
SET next_offset = m.next_offset, source_next_offset = greatest(p.source_next_offset, m.source_next_offset)
FROM unnest(%(partitions)s::int[], %(starts)s::bigint[], %(nexts)s::bigint[], %(sources)s::bigint[])
    AS m (partition, start, next_offset, source_next_offset)
WHERE p.topic = %(topic)s AND p.partition = m.partition AND p.next_offset = m.start
