-- What a database has of a log: of each partition the offset of the states, and of the heartbeats by its ledger.
SELECT 'states', partition, next_offset FROM progress.positions WHERE topic = %(topic)s
UNION ALL
SELECT 'heartbeats', partition, next_offset FROM progress.ledger WHERE topic = %(topic)s
