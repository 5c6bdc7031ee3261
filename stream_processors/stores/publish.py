"""Publishes what a batch decided: its states and dead letters, then a checkpoint."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from msgspec.structs import replace

from playhead.kafka.batches import SourceRecord
from playhead.kafka.errors import RecordRefusedError
from playhead.kafka.publisher import Publisher
from playhead.kafka.records import ProducerRecord, dead_letter_record, without_value
from playhead.tracing.context import KafkaHeaders, record_fields
from playhead.wire.codec import encode
from playhead.wire.dead_letters import DeadLetter
from playhead.wire.keys import checkpoint_key
from playhead.wire.states import Checkpoint
from playhead.wire.topics import Topics
from stream_processors import metrics
from stream_processors.apply.decision import Decision
from stream_processors.traces import NO_HEADERS

MAX_KEY_BYTES = 1_000
"""A longer key is left out of a dead letter whose record is itself too large; valid keys have 110 bytes."""

_log = logging.getLogger(__name__)


async def publish_decision(
    publisher: Publisher,
    topics: Topics,
    decision: Decision,
    headers: Mapping[bytes, KafkaHeaders] = NO_HEADERS,
) -> None:
    """Return when everything that the decision publishes is acknowledged.

    `headers` are those of the states of some keys.

    The checkpoint is sent only after the records that it vouches for: records sent together may fail one by
    one.

    Raises:
        PublishError: not everything was acknowledged; publish all of it again.
    """
    partition = decision.partition
    if headers:
        records = [
            ProducerRecord(topics.states.name, key, value, partition, headers.get(key, ()))
            for key, value in decision.states
        ]
    else:
        records = [ProducerRecord(topics.states.name, *state, partition) for state in decision.states]
    records += (
        _dead_letter(topics, partition, each.record, each.error.reason, str(each.error))
        for each in decision.undecodable
    )
    records += (
        _dead_letter(topics, partition, each.record, each.refusal.reason, each.refusal.detail)
        for each in decision.refused
    )
    if records:
        await _publish(publisher, topics, decision, records)
        _log_undecodable(topics, decision)
    if decision.is_complete:
        checkpoint = encode(Checkpoint.of(partition, decision.ledger))
        key = checkpoint_key(partition).encode()
        await publisher.publish([ProducerRecord(topics.states.name, key, checkpoint, partition)])


async def _publish(
    publisher: Publisher, topics: Topics, decision: Decision, records: list[ProducerRecord]
) -> None:
    """Publish; a record that Kafka will never take is replaced by a dead letter and stops no one else's."""
    while True:
        try:
            return await publisher.publish(records)
        except RecordRefusedError as refused:
            _log.error("a record of partition %d can never be written: %s", decision.partition, refused)
            metrics.REFUSED.inc()
            records[records.index(refused.record)] = _without_value(topics, decision, refused)


def _log_undecodable(topics: Topics, decision: Decision) -> None:
    """Log how many records are no heartbeats, and which the first of them is."""
    if not decision.undecodable:
        return
    first, count = decision.undecodable[0], len(decision.undecodable)
    place = record_fields(
        topics.heartbeats.name, decision.partition, first.record.offset, first.record.headers
    )
    _log.error("%d dead letters, the first of them: %s", count, first.error, extra=place)


def _without_value(topics: Topics, decision: Decision, refused: RecordRefusedError) -> ProducerRecord:
    """The dead letter of a record that is too large for its topic."""
    record, dead_letters = refused.record, topics.dead_letters.name
    if record.topic != dead_letters:
        offset = decision.ledger.next_offset
        letter = DeadLetter(record.topic, decision.partition, offset, "refused_by_store", str(refused))
        record = dead_letter_record(dead_letters, letter, record.key, record.value, decision.partition)
    key = record.key if len(record.key or b"") <= MAX_KEY_BYTES else b""
    return replace(without_value(record, str(refused)), key=key)


def _dead_letter(
    topics: Topics, partition: int, record: SourceRecord, reason: str, detail: str
) -> ProducerRecord:
    """The source record unchanged, with its source and the reason as headers."""
    letter = DeadLetter(topics.heartbeats.name, partition, record.offset, reason, detail)
    return dead_letter_record(
        topics.dead_letters.name, letter, record.key or b"", record.value or b"", partition
    )
