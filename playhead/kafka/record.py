from __future__ import annotations

from msgspec import Struct


class Record(Struct, frozen=True):
    """What is to be written. Without a partition, the key's hash (murmur2, as Java's) chooses it."""

    topic: str
    key: bytes
    value: bytes | None
    """None is a tombstone: a compacted topic forgets the key."""
    partition: int | None = None
    headers: tuple[tuple[str, bytes], ...] = ()
