-- Every ledger, with the applied offset of the stored checkpoint.
SELECT l.*, p.source_next_offset
FROM progress.ledger AS l LEFT JOIN progress.positions AS p USING (topic, partition)
ORDER BY topic, partition
