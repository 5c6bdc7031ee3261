"""The partition of a key as Playhead's producers choose it: `murmur2_random` of librdkafka, as in Java."""

from __future__ import annotations

from struct import unpack_from

_SEED = 0x9747B28C
_FACTOR = 0x5BD1E995
_32_BITS = 0xFFFFFFFF
_POSITIVE = 0x7FFFFFFF


def murmur2(data: bytes) -> int:
    """The 32-bit hash, unsigned."""
    length = len(data)
    words = length // 4
    hashed = _SEED ^ length
    for word in unpack_from(f"<{words}I", data):
        mixed = word * _FACTOR & _32_BITS
        mixed = (mixed ^ mixed >> 24) * _FACTOR & _32_BITS
        hashed = hashed * _FACTOR & _32_BITS ^ mixed
    if rest := data[words * 4 :]:
        hashed = (hashed ^ int.from_bytes(rest, "little")) * _FACTOR & _32_BITS
    hashed = (hashed ^ hashed >> 13) * _FACTOR & _32_BITS
    return hashed ^ hashed >> 15


def partition_of(key: str, partitions: int) -> int:
    """The partition of a record with this key, which is not empty, in a topic of so many partitions."""
    return (murmur2(key.encode()) & _POSITIVE) % partitions
