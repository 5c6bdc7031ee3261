"""The sink: stores the states topic in PostgreSQL, in batches.

A *batch* is one transaction. It covers, for each partition, a range of offsets that begins at the stored
offset; of many states of one key it stores the latest. The transaction moves the stored offset of each
partition (`progress.positions`) from the start of its range to the end, and changes nothing unless all of
them were at their start: a sink that lost a partition without knowing it is *fenced*. Within a batch, a row
is fenced by its source: a state of a lower source partition, or of the same one with a smaller source offset,
changes nothing. So a batch may be tried any number of times, by any number of sinks, and every state counts
once.

The sink reads from the stored offsets. It commits them to Kafka after the transaction, for lag tools only.

An *outage* (`errors.SinkOutageError`: PostgreSQL or Kafka is away) keeps the batch, and the writer tries it
again. A *refusal* is about data: PostgreSQL rejects a value, or a record cannot be decoded. The record
becomes a dead letter, which Kafka acknowledges before the transaction commits. If records of many people are
refused, the release is bad, and the sink stores nothing until an attempt succeeds.

Begin with `sink` (the loop), then `writer` (the thread that stores), `states` (from Kafka to entries),
`tables` (from entries to PostgreSQL), `dead_letters`, `rederive` (rows whose item changed in the catalogue),
`curriculum` (people whose requirements changed) and `days` (days counted in another time zone). `schema`
holds the migrations, `service` is the process, `errors` lists every reason to stop or to retry.
"""
