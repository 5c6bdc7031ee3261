from __future__ import annotations

from msgspec import Struct


class Record(Struct, frozen=True):
    """A record to publish. Without a partition, the hash of the key chooses it (murmur2, as in Java)."""

    topic: str
    key: bytes | None
    value: bytes | None
    """None is a tombstone: compaction removes the key."""
    partition: int | None = None
    headers: tuple[tuple[str, bytes], ...] = ()
