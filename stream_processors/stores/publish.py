"""Telling of a run: its states and dead letters, and when those are in the log, the checkpoint."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Protocol

from msgspec.structs import replace

from playhead.kafka.batches import SourceRecord
from playhead.kafka.dead_letters import dead_letter_record, without_value
from playhead.kafka.publisher import Record, RecordRefusedError
from playhead.wire.codec import encode
from playhead.wire.dead_letters import DeadLetter
from playhead.wire.keys import checkpoint_key
from playhead.wire.states import Checkpoint
from playhead.wire.topics import Topics
from stream_processors import metrics
from stream_processors.apply.decide import Decision

LONGEST_KEY = 1_000
"""Bytes of a key that are kept where the record itself is too large; ours have 110."""

_log = logging.getLogger(__name__)


class RecordPublisher(Protocol):
    """What is needed of the publisher."""

    async def publish(self, records: Sequence[Record]) -> None:
        """Return when the broker has acknowledged all of them."""
        ...


async def emit(publisher: RecordPublisher, topics: Topics, decision: Decision) -> None:
    """Return when all that the decision tells is acknowledged.

    The checkpoint is sent only when what it vouches for is in the log: records sent together can fail
    one by one.

    Raises:
        PublishError: not everything was acknowledged; emit all of it again.
    """
    partition = decision.partition
    records = [Record(topics.states.name, key, value, partition) for key, value in decision.states]
    records += (
        dead_letter(topics, partition, each.record, each.error.reason, str(each.error))
        for each in decision.undecodable
    )
    records += (
        dead_letter(topics, partition, each.record, each.refusal.reason, each.refusal.detail)
        for each in decision.refused
    )
    if records:
        await _publish(publisher, topics, decision, records)
    if decision.is_complete:
        await publisher.publish([checkpoint(topics, decision)])


async def _publish(
    publisher: RecordPublisher, topics: Topics, decision: Decision, records: list[Record]
) -> None:
    """Publish; a record that can never be written is told of instead, so that it holds nobody up."""
    while True:
        try:
            return await publisher.publish(records)
        except RecordRefusedError as refused:
            _log.error("a record of partition %d can never be written: %s", decision.partition, refused)
            metrics.REFUSED.inc()
            at = records.index(refused.record)
            records[at] = instead_of(topics, decision, refused)


def instead_of(topics: Topics, decision: Decision, refused: RecordRefusedError) -> Record:
    """What can be said of a record that is too large for its topic: all but its value."""
    record, dead_letters = refused.record, topics.dead_letters.name
    if record.topic != dead_letters:
        offset = decision.ledger.next_offset
        letter = DeadLetter(record.topic, decision.partition, offset, "refused_by_store", str(refused))
        record = dead_letter_record(dead_letters, letter, record.key, record.value, decision.partition)
    key = record.key if len(record.key or b"") <= LONGEST_KEY else b""
    return replace(without_value(record, str(refused)), key=key)


def checkpoint(topics: Topics, decision: Decision) -> Record:
    """The record that ends a run."""
    value = Checkpoint.of(decision.partition, decision.ledger)
    return Record(
        topics.states.name, checkpoint_key(decision.partition).encode(), encode(value), decision.partition
    )


def dead_letter(topics: Topics, partition: int, record: SourceRecord, reason: str, detail: str) -> Record:
    """The source record as it was, with where it came from and why."""
    letter = DeadLetter(topics.heartbeats.name, partition, record.offset, reason, detail)
    return dead_letter_record(
        topics.dead_letters.name, letter, record.key or b"", record.value or b"", partition
    )
