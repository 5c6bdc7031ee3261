"""What goes over Kafka and Redis: topics, keys, codecs and schema versions.

`offsets` defines every word for "how far". Values are JSON. Unknown fields are ignored, so a field may be
added at any time; `v` changes only when old readers must not read on. JSON Schema and AsyncAPI documents are
generated from the types here.
"""
