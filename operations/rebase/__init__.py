"""`playhead rebase`: the stores begin a new log, after Kafka's was lost.

Begin with `rebaser` (the steps, each of which may be repeated). `findings` says what there is, and whether it
is allowed (pure); `log` reads the topics and the consumer groups, `positions` changes what PostgreSQL has of
the former log, `hot_store` reads and deletes what Redis has; `rescue` joins the progress of an item in Redis
with that in PostgreSQL (pure), and `rescuer` stores the result.
"""
