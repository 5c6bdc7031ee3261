"""Moves people in Redis to the keys of their partition among so many.

While it runs no heartbeat is processed, and PostgreSQL has everything: a reader that looks for a person under
the one key or the other finds the person there, or in PostgreSQL. Redis may be a cluster, where the two keys
are on two nodes: a person is copied first, and then deleted. Copying again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, cast

from operations.hot_keys import hot_keys
from operations.stores import redis
from playhead.redis.connection import SyncRedis
from playhead.settings import RedisSettings
from playhead.wire.partitioner import partition_of
from playhead.wire.redis_keys import ERASED, FENCE, RedisKeys

_COMMAND = "repartition"
PEOPLE_AT_ONCE = 500
_SETTLE = """
if redis.call('HGET', KEYS[1], 'next') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'emitted', ARGV[1])
end
"""
"""For a worker that starts: what PostgreSQL has stored of a partition was published, and is not again."""


class _Move(NamedTuple):
    """A person who has another key."""

    person: str
    former: bytes
    partition: int
    key: str


def hot_partitions(settings: RedisSettings) -> int | None:
    """The number of partitions that the keys follow; None if Redis holds nothing."""
    with redis(settings, _COMMAND) as client:
        return hot_keys(client, settings).partitions


def settle_published(settings: RedisSettings, stored: Mapping[int, int]) -> None:
    """Note that everything up to these offsets, by partition, is published.

    A worker that starts publishes again what Redis does not know to be published. Of people who have moved,
    that would be states of their former partition.
    """
    with redis(settings, _COMMAND) as client:
        for partition, offset in stored.items():
            client.eval(_SETTLE, 1, settings.redis_keys.applied_hash(partition), str(offset))


def rekey(settings: RedisSettings, partitions: int) -> int:
    """Move everyone whose key is of another partition; how many people were moved."""
    moved = 0
    with redis(settings, _COMMAND) as client:
        keys = iter(client.scan_iter(settings.redis_keys.progress_hashes, count=1_000))
        while some := list(islice(keys, PEOPLE_AT_ONCE)):
            moves = list(_moves(some, settings.redis_keys, partitions))
            _move(client, moves)
            moved += len(moves)
        _copy_erased_tenants(client, settings.redis_keys, partitions)
        client.set(settings.redis_keys.partitions, partitions)
    return moved


def count_moves(settings: RedisSettings, partitions: int) -> int:
    """How many people would be moved."""
    with redis(settings, _COMMAND) as client:
        keys = client.scan_iter(settings.redis_keys.progress_hashes, count=1_000)
        return sum(1 for _ in _moves(keys, settings.redis_keys, partitions))


def is_taken_over(settings: RedisSettings, partitions: int) -> bool:
    """Whether a processor has claimed each partition."""
    with redis(settings, _COMMAND) as client:
        hashes = map(settings.redis_keys.applied_hash, range(partitions))
        return all(client.hexists(each, "claim") for each in hashes)


def _moves(keys: Iterable[bytes], names: RedisKeys, partitions: int) -> Iterator[_Move]:
    for key in keys:
        person = names.person_of_hash(key.decode())
        partition = partition_of(person, partitions)
        move = _Move(person, key, partition, names.progress_hash(partition, person))
        # A key of a former release names no partition: the processor moves it when it loads the person.
        if b"}:" in key and move.key.encode() != key:
            yield move


def _move(client: SyncRedis, moves: Sequence[_Move]) -> None:
    with client.pipeline(transaction=False) as pipe:
        for each in moves:
            pipe.dump(each.former)
            pipe.pttl(each.former)
            pipe.hexists(each.former, ERASED)
        answers = pipe.execute()
        for each, dumped, ttl, is_erased in zip(
            moves, answers[::3], answers[1::3], answers[2::3], strict=True
        ):
            if dumped is None:  # expired just now
                continue
            pipe.restore(each.key, max(0, ttl), dumped, replace=True)
            if not is_erased:
                pipe.hset(each.key, FENCE, f"{each.partition}:0")
        pipe.execute()
        for each in moves:
            pipe.unlink(each.former)
        pipe.execute()


def _copy_erased_tenants(client: SyncRedis, names: RedisKeys, partitions: int) -> None:
    """Give each partition the flags of all erased organisations."""
    flags: dict[bytes, bytes] = {}
    ttl = 0
    for each in range(partitions):
        flags |= cast("dict[bytes, bytes]", client.hgetall(names.erased_tenants_hash(each)))
        ttl = max(ttl, client.ttl(names.erased_tenants_hash(each)))
    for each in range(partitions) if flags else ():
        client.hset(names.erased_tenants_hash(each), items=[part for flag in flags.items() for part in flag])
        if ttl > 0:
            client.expire(names.erased_tenants_hash(each), ttl)
