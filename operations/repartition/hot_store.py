"""What Redis has of partitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from redis import Redis

from operations.hot_keys import hot_keys
from operations.stores import redis
from playhead.settings import RedisSettings
from playhead.wire.keys import (
    PARTITIONS,
    PROGRESS_HASHES,
    applied_hash,
    erased_tenants_hash,
    person_of_hash,
    progress_hash,
)
from playhead.wire.partitioner import partition_of

_COMMAND = "repartition"
_SCANNED = 10_000
"""Keys that Redis looks through in one call."""
_SETTLE = """
if redis.call('HGET', KEYS[1], 'next') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'emitted', ARGV[1])
end
"""


def settle_published(settings: RedisSettings, stored: Mapping[int, int]) -> None:
    """Note that everything up to these offsets, by partition, is published.

    A worker that starts publishes again what Redis does not know to be published. Of people who have moved,
    that would be states of their former partition.
    """
    with redis(settings, _COMMAND) as client:
        for partition, offset in stored.items():
            client.eval(_SETTLE, 1, applied_hash(partition), str(offset))


def is_taken_over(settings: RedisSettings, partitions: int) -> bool:
    """Whether a processor has claimed each partition."""
    with redis(settings, _COMMAND) as client:
        return all(client.hexists(applied_hash(each), "claim") for each in range(partitions))


def hot_partitions(settings: RedisSettings) -> int | None:
    """The number of partitions that the keys follow; None if Redis has no such keys."""
    with redis(settings, _COMMAND) as client:
        return hot_keys(client).partitions


def count_moves(settings: RedisSettings, partitions: int) -> int:
    """How many people would be moved."""
    with redis(settings, _COMMAND) as client:
        return sum(1 for _ in _moves(client, partitions))


def rekey(settings: RedisSettings, partitions: int) -> int:
    """Move everyone whose key is of another partition; how many people were moved.

    No processor writes a partition before the number of them, which is set last, is that of its topic.
    """
    with redis(settings, _COMMAND) as client:
        moved = 0
        for old, new in _moves(client, partitions):
            client.rename(old, new)
            moved += 1
        _copy_erased_tenants(client, partitions)
        client.set(PARTITIONS, partitions)
    return moved


def _moves(client: Redis, partitions: int) -> Iterator[tuple[str, str]]:
    """The present and the future key of each person who moves; former releases' keys name no partition."""
    for each in client.scan_iter(PROGRESS_HASHES, count=_SCANNED):
        key = each.decode()
        person = person_of_hash(key)
        new = progress_hash(partition_of(person, partitions), person)
        if key.endswith(f"}}:{person}") and key != new:
            yield key, new


def _copy_erased_tenants(client: Redis, partitions: int) -> None:
    """To each new partition, those of the partition that its people were in."""
    present = hot_keys(client).partitions or partitions
    for partition in range(present, partitions):
        fields = cast("dict[bytes, bytes]", client.hgetall(erased_tenants_hash(partition % present)))
        if fields:
            client.hset(erased_tenants_hash(partition), mapping=cast("dict[Any, Any]", fields))
