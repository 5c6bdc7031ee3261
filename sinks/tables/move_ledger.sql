-- Stores the counts of a checkpoint, unless those of a later one are stored.
INSERT INTO progress.ledger AS l (
    topic, partition, first_offset, next_offset, applied, duplicates, dead_lettered
) VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (topic, partition) DO UPDATE SET
    first_offset = excluded.first_offset,
    next_offset = excluded.next_offset,
    applied = excluded.applied,
    duplicates = excluded.duplicates,
    dead_lettered = excluded.dead_lettered
WHERE l.next_offset <= excluded.next_offset
