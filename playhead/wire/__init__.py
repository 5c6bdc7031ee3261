"""The records in Kafka and the keys in Redis: topics, keys, codecs and schema versions.

`offsets` defines every word for an offset. Begin with `heartbeats` and `states`, the records, and `topics`,
where they are; `ledger` counts them, `dead_letters` are those that could not be processed. Values are JSON.
Unknown fields are ignored, so a field may be added at any time; `v` changes only when old readers must stop.
JSON Schema and AsyncAPI documents are generated from the types here.
"""
