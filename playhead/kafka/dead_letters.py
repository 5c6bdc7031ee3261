"""Dead letters as Kafka records."""

from __future__ import annotations

from msgspec.structs import replace

from playhead.kafka.record import Record
from playhead.wire.dead_letters import LEFT_OUT, DeadLetter


def dead_letter_record(
    topic: str, letter: DeadLetter, key: bytes | None, value: bytes | None, partition: int | None = None
) -> Record:
    """The source record's key and value, with headers that say where it came from and why it is here."""
    return Record(topic, key, value, partition, tuple(letter.headers()))


def without_value(dead_letter: Record, reason: str) -> Record:
    """The same dead letter for a topic that refuses it for its size: a header holds the size and `reason`."""
    left_out = (LEFT_OUT, f"{len(dead_letter.value or b'')} bytes: {reason}".encode())
    return replace(dead_letter, value=b"", headers=(*dead_letter.headers, left_out))
