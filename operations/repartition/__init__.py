"""`playhead repartition`: more partitions for the three topics, while services run.

Begin with `repartitioner` (the steps, each of which may be repeated). `plan` decides whether there is
something to do and whether it is allowed (pure); `topics` reads and adds partitions, and sets the mark by
which publishers know (`playhead.kafka.repartition_mark`); `hot_store` moves people to their keys in Redis.
"""
