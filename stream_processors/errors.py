"""Why the processor cannot go on.

ProcessorError
├── AwayError                  another process does not answer: hold the partition and try again
│   ├── HotStoreAwayError      Redis
│   ├── DurableStoreAwayError  Postgres
│   ├── DurableStoreBehindError  Postgres, which lacks what Redis has evicted
│   ├── EvictionPolicyError    Redis is set up to drop people when its memory is full
│   ├── MissingPermissionError the Redis user lacks a right
│   ├── NewerRecordError       a newer release wrote the record: this one is to be upgraded
│   └── ClaimHeldError         a worker of a newer generation holds the partition; ours will be revoked
├── StandingMovedError         the partition stands elsewhere in Redis: begin again from there
├── TooMuchAtOnceError         what the people of a run have is too large: take the run in parts
├── LogMismatchError           a store claims to have read what the log does not hold: for a person to decide
├── StoreUnreadableError       a store holds what this release cannot read
└── StalledError               work waits and nothing moves: exit, and be restarted
"""

from __future__ import annotations

from typing import ClassVar, Literal

from playhead.wire.errors import UnknownVersionError

Dependency = Literal["Redis", "Postgres", "Kafka", "group", "itself"]
"""Who is to be asked whether waiting is right; `itself`: the store's own answer says so."""


class ProcessorError(Exception):
    """The processor cannot go on."""


class TransientError(ProcessorError):
    """Another process does not answer just now; trying again is right."""

    store: ClassVar[Dependency] = "itself"


class RedisUnavailableError(TransientError):
    """Redis does not answer, or refuses to write for now."""

    store = "Redis"


class PostgresUnavailableError(TransientError):
    """Postgres does not answer."""

    store = "Postgres"


class PostgresBehindError(TransientError):
    """Redis has evicted people, and Postgres does not have all yet that they did; the sink will bring it."""

    def __init__(self, partition: int, applied: int, stored: int) -> None:
        super().__init__(
            f"Redis has evicted people of partition {partition}, whose rows reach {stored} of {applied} "
            "applied: give Redis more memory, or see why the sink is behind"
        )


class EvictionPolicyError(TransientError):
    """Redis drops people when its memory is full, who are then taken for new; it can be mended as it runs."""

    def __init__(self, policy: str) -> None:
        super().__init__(
            f"Redis has maxmemory-policy {policy}, which may drop people's progress: "
            "set maxmemory-policy to noeviction"
        )
        self.policy = policy


class MissingPermissionError(TransientError):
    """The Redis user lacks a right that the processor needs; it can be granted as Redis runs."""

    def __init__(self) -> None:
        super().__init__(
            "Redis refuses a command: grant the user of PLAYHEAD_REDIS_URL "
            "~progress:* ~applied:* &live:* +@hash +@scripting +@transaction +expire +del +publish +pubsub "
            "+info +time"
        )


class NewerRecordError(TransientError):
    """A record of a schema version that a newer release writes; what lies before it can be taken."""

    def __init__(self, partition: int, offset: int, error: UnknownVersionError) -> None:
        super().__init__(
            f"the heartbeat at offset {offset} of partition {partition} is of a newer release ({error}): "
            "upgrade the processor, which then goes on from there"
        )
        self.offset = offset


class ClaimHeldError(TransientError):
    """A worker of a newer generation holds the partition: this one has lost it and will hear of it."""

    store = "group"

    def __init__(self, partition: int, generation: int, holder: int) -> None:
        super().__init__(
            f"partition {partition} is held by generation {holder} of the group, newer than {generation}"
        )


class HotPartitionMovedError(ProcessorError):
    """The partition does not stand in Redis where the worker believes."""

    def __init__(self, partition: int, found: object) -> None:
        super().__init__(f"partition {partition} stands elsewhere in Redis: {found}")


class BatchTooLargeError(ProcessorError):
    """What Redis has of a run's people is too large to hold at once."""


class LogMismatchError(ProcessorError):
    """A store claims to have read what the log does not hold; the message names the way out."""


class StoreUnreadableError(ProcessorError):
    """A store holds what this release cannot read; the message names it."""


class StalledError(ProcessorError):
    """Work is waiting and nothing was committed for too long."""
