"""Records to publish, dead letters among them."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from playhead.wire.dead_letters import LEFT_OUT, DeadLetter


class ProducerRecord(Struct, frozen=True):
    """A record to publish. Without a partition, the hash of the key chooses it (murmur2, as in Java)."""

    topic: str
    key: bytes | None
    value: bytes | None
    """None is a tombstone: compaction removes the key."""
    partition: int | None = None
    headers: tuple[tuple[str, bytes], ...] = ()


def dead_letter_record(
    topic: str, letter: DeadLetter, key: bytes | None, value: bytes | None, partition: int | None = None
) -> ProducerRecord:
    """The source record's key and value, with headers that say where it came from and why it is here."""
    return ProducerRecord(topic, key, value, partition, tuple(letter.headers()))


def without_value(dead_letter: ProducerRecord, reason: str) -> ProducerRecord:
    """The same dead letter for a topic that refuses it for its size: a header holds the size and `reason`."""
    left_out = (LEFT_OUT, f"{len(dead_letter.value or b'')} bytes: {reason}".encode())
    return replace(dead_letter, value=b"", headers=(*dead_letter.headers, left_out))
