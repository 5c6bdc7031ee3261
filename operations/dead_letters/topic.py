"""Read dead letters from their topic."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from heapq import nlargest

from confluent_kafka import Message

from operations.dead_letters.dead_letter import (
    DeadLetterFilter,
    DeadLetterId,
    DeadLetterRecord,
    DeadLettersError,
)
from operations.topic_reader import read_topic
from playhead.settings import KafkaSettings
from playhead.wire.dead_letters import LEFT_OUT, DeadLetter
from playhead.wire.topics import Topics


def dead_letters(settings: KafkaSettings, wanted: DeadLetterFilter) -> Iterator[DeadLetterRecord]:
    """The dead letters that pass the filter, in the order of each partition."""
    for message in read_topic(settings, _name(settings), since=wanted.since):
        record = _record(message)
        if record is not None and wanted.matches(record):
            yield record


def latest(settings: KafkaSettings, wanted: DeadLetterFilter, limit: int) -> list[DeadLetterRecord]:
    """The latest `limit` dead letters that pass the filter, oldest first."""
    return sorted(nlargest(limit, dead_letters(settings, wanted), key=_age), key=_age)


def _age(record: DeadLetterRecord) -> tuple[datetime, DeadLetterId]:
    return record.at, record.id


def dead_letter_at(settings: KafkaSettings, place: DeadLetterId) -> DeadLetterRecord:
    """One dead letter.

    Raises:
        DeadLettersError: it has expired, or never was.
        StoreUnavailableError: Kafka does not answer, or has no such topic.
    """
    name, start = _name(settings), {place.partition: place.offset}
    message = next(read_topic(settings, name, positions=start, partitions=start.keys()), None)
    record = _record(message) if message is not None and message.offset() == place.offset else None
    if record is None:
        raise DeadLettersError(f"{name} has no dead letter at {place}; they are kept for 30 days")
    return record


def _name(settings: KafkaSettings) -> str:
    return Topics.named(settings.kafka_prefix).dead_letters.name


def _record(message: Message) -> DeadLetterRecord | None:
    """Decode a record; None if its headers are not those of a dead letter."""
    headers = dict(message.headers() or [])
    try:
        origin = DeadLetter.of([(name, value) for name, value in headers.items() if value is not None])
    except (KeyError, ValueError):
        return None
    return DeadLetterRecord(
        id=DeadLetterId(message.partition(), message.offset()),
        at=datetime.fromtimestamp(message.timestamp()[1] / 1000, UTC),
        origin=origin,
        key=message.key() or b"",
        value=message.value() or b"",
        is_whole=LEFT_OUT not in headers,
    )
