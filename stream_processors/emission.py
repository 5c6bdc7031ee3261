"""Telling of a run: its states and dead letters, and when those are in the log, the checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from playhead.kafka.publisher import Record
from playhead.wire.codec import encode
from playhead.wire.dead_letters import DeadLetter
from playhead.wire.keys import checkpoint_key
from playhead.wire.states import Checkpoint
from playhead.wire.topics import Topics
from stream_processors.decision import Decision
from stream_processors.reading import Unreadable


class Publishes(Protocol):
    """What is needed of the publisher."""

    async def publish(self, records: Sequence[Record]) -> None:
        """Return when the broker has acknowledged all of them."""
        ...


async def emit(publisher: Publishes, topics: Topics, decision: Decision) -> None:
    """Return when all that the decision tells is acknowledged.

    The checkpoint is sent only when what it vouches for is in the log: records sent together can fail
    one by one.

    Raises:
        PublishError: not everything was acknowledged; emit all of it again.
    """
    partition = decision.partition
    records = [Record(topics.states.name, key, value, partition) for key, value in decision.states]
    records += (dead_letter(topics, partition, each) for each in decision.unreadable)
    if records:
        await publisher.publish(records)
    if decision.is_complete:
        await publisher.publish([checkpoint(topics, decision)])


def checkpoint(topics: Topics, decision: Decision) -> Record:
    """The record that ends a run."""
    ledger = decision.ledger
    value = Checkpoint(
        v=1,
        partition=decision.partition,
        first_offset=ledger.first_offset,
        next_offset=ledger.next_offset,
        applied=ledger.applied,
        duplicates=ledger.duplicates,
        dead_lettered=ledger.dead_lettered,
    )
    return Record(
        topics.states.name, checkpoint_key(decision.partition).encode(), encode(value), decision.partition
    )


def dead_letter(topics: Topics, partition: int, unreadable: Unreadable) -> Record:
    """The source record as it was, with where it came from and why."""
    letter = DeadLetter(
        topic=topics.heartbeats.name,
        partition=partition,
        offset=unreadable.record.offset,
        reason=unreadable.error.reason,
        detail=str(unreadable.error),
    )
    record = unreadable.record
    return Record(
        topics.dead_letters.name, record.key or b"", record.value or b"", partition, tuple(letter.headers())
    )
