"""The keys of people in Redis, by the number of partitions that tests have."""

from __future__ import annotations

from playhead.wire.partitioner import partition_of
from playhead.wire.redis_keys import RedisKeys
from tests.services import PARTITIONS

KEYS = RedisKeys()


def hash_of(person: str, partitions: int = PARTITIONS) -> str:
    return KEYS.progress_hash(partition_of(person, partitions), person)


def channel_of(person: str, partitions: int = PARTITIONS) -> str:
    return KEYS.live_channel(partition_of(person, partitions), person)
