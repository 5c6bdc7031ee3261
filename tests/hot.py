"""The keys of people in Redis, by the number of partitions that tests have."""

from __future__ import annotations

from playhead.wire.keys import live_channel, progress_hash
from playhead.wire.partitioner import partition_of
from tests.services import PARTITIONS


def hash_of(person: str, partitions: int = PARTITIONS) -> str:
    return progress_hash(partition_of(person, partitions), person)


def channel_of(person: str, partitions: int = PARTITIONS) -> str:
    return live_channel(partition_of(person, partitions), person)
