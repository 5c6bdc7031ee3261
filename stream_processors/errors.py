"""Why the processor cannot go on.

ProcessorError
├── TransientError             waiting resolves it: the partition is held and the step repeated
│   ├── RedisUnavailableError
│   ├── PostgresUnavailableError
│   ├── EvictionPolicyError    Redis may evict keys when its memory is full
│   ├── MissingPermissionError the Redis user lacks a permission
│   ├── RedisRefusedError      Redis refuses the connection: a setting, or its user, is wrong
│   ├── PartitionsChangedError Redis is keyed by another number of partitions than the topic has
│   ├── NewerRecordError       a newer release wrote the record
│   └── ClaimHeldError         a newer generation of the consumer group holds the partition
├── HotPartitionMovedError     the partition's offset in Redis is another one: locate it again
├── BatchTooLargeError         the progress of a batch's people is too large: process the batch in parts
├── LogMismatchError           a store has read past the end of the log: an operator must decide
├── StoreUnreadableError       this release cannot read a store
└── StalledError               records wait and nothing moves: exit and be restarted
"""

from __future__ import annotations

from typing import ClassVar, Literal

from playhead.wire.errors import UnknownVersionError

Dependency = Literal["Redis", "Postgres", "Kafka", "group", "itself"]
"""What to probe to learn whether others are affected too; `itself`: the error's own answer says so."""


class ProcessorError(Exception):
    """The processor cannot go on."""


class TransientError(ProcessorError):
    """Another process prevents the step for now; waiting resolves it."""

    store: ClassVar[Dependency] = "itself"


class RedisUnavailableError(TransientError):
    """Redis does not answer, or refuses writes for now."""

    store = "Redis"


class PostgresUnavailableError(TransientError):
    """PostgreSQL does not answer."""

    store = "Postgres"


class EvictionPolicyError(TransientError):
    """Redis may evict progress when its memory is full, and evicted people would be taken for new ones."""

    def __init__(self, policy: str) -> None:
        super().__init__(
            f"Redis has maxmemory-policy {policy}, which may drop people's progress: "
            "set maxmemory-policy to noeviction"
        )


class MissingPermissionError(TransientError):
    """The Redis user lacks a permission, which can be granted while Redis runs."""

    def __init__(self, said: str, rules: str) -> None:
        super().__init__(f"{said}; the processor needs {rules}")


class RedisRefusedError(TransientError):
    """Redis refuses the login or the connection; it can be corrected while the processor waits."""


class PartitionsChangedError(TransientError):
    """Redis is keyed by another number of partitions than the topic has: its people would not be found."""

    def __init__(self, topic: int, redis: int) -> None:
        super().__init__(
            f"the topic of heartbeats has {topic} partitions, and the keys of Redis are of {redis} "
            "(progress:partitions). `playhead repartition` completes a repartition that was begun; if the "
            "topic was recreated, stop processors and sinks, and run `playhead rebase --force`"
        )


class NewerRecordError(TransientError):
    """A record has a newer schema version than this release reads; earlier records can be processed."""

    def __init__(self, partition: int, offset: int, error: UnknownVersionError) -> None:
        super().__init__(
            f"the heartbeat at offset {offset} of partition {partition} is of a newer release ({error}): "
            "upgrade the processor, which then goes on from there"
        )
        self.offset = offset


class ClaimHeldError(TransientError):
    """A worker of a newer generation holds the partition."""

    store = "group"

    def __init__(self, partition: int, generation: int, holder: int) -> None:
        super().__init__(
            f"partition {partition} is held by generation {holder} of the group, newer than {generation}"
        )


class HotPartitionMovedError(ProcessorError):
    """Redis refused a write: the partition is not where the writer believes. Nothing was written.

    Args:
        partition: The partition.
        claim: The generation that holds it in Redis; None if Redis was flushed.
        next_offset: Its applied offset in Redis; None if Redis does not know the partition.
        has_lost_people: The offset is as expected, but a person of the batch is gone since they were loaded.
    """

    def __init__(
        self, partition: int, claim: int | None, next_offset: int | None, *, has_lost_people: bool = False
    ) -> None:
        lost = ", and a person was lost since they were loaded" if has_lost_people else ""
        super().__init__(
            f"Redis has partition {partition} at offset {next_offset}, claimed by generation {claim}{lost}"
        )
        self.claim, self.next_offset, self.has_lost_people = claim, next_offset, has_lost_people


class BatchTooLargeError(ProcessorError):
    """The progress of a batch's people is too large to be held at once."""


class LogMismatchError(ProcessorError):
    """A store has read past the end of the log; the message names the way out."""


class StoreUnreadableError(ProcessorError):
    """A store holds what this release cannot read; the message names it."""


class StalledError(ProcessorError):
    """Records wait and the partition did not move for too long."""
