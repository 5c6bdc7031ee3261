-- The stored offset of each partition; creates the rows of partitions that are new, at offset 0.
WITH wanted AS (SELECT unnest(%(partitions)s::int[]) AS partition),
made AS (
    INSERT INTO progress.positions (topic, partition, next_offset)
    SELECT %(topic)s, partition, 0 FROM wanted
    ON CONFLICT DO NOTHING
)
SELECT w.partition, coalesce(p.next_offset, 0)
FROM wanted AS w LEFT JOIN progress.positions AS p ON p.topic = %(topic)s AND p.partition = w.partition
