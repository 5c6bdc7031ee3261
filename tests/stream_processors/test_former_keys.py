"""An upgrade of one Redis: what former releases wrote under their keys is moved, and nothing counts twice."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from redis import Redis

from playhead.wire.keys import person_key
from playhead.wire.redis_keys import ERASED
from tests.hot import KEYS, hash_of
from tests.services import PARTITIONS as COUNT
from tests.stream_processors.harness import hold, stores_of, until
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.world import World

pytestmark = [pytest.mark.services, pytest.mark.anyio]

AT = 1_790_000_123_456


def as_former(world: World) -> None:
    """Rename every key to what the former release called it."""
    with world.redis() as redis:
        for key in list(redis.scan_iter(KEYS.progress_hashes)):
            redis.rename(key, KEYS.former_progress_hash(KEYS.person_of_hash(key.decode())))
        for partition in range(COUNT):
            if redis.exists(KEYS.applied_hash(partition)):
                redis.rename(KEYS.applied_hash(partition), KEYS.former_applied_hash(partition))
        redis.delete(KEYS.partitions)


def names(redis: Redis) -> set[str]:
    return {key.decode() for key in redis.scan_iter(KEYS.progress_hashes)}


def test_an_upgrade_under_load_moves_people_and_ledgers_and_counts_nothing_twice(world: World) -> None:
    people = range(1, 41)
    with world.worker():
        world.send(heartbeat(user=user, content=content) for user in people for content in (1, 2))
        before = world.settled()
    as_former(world)
    with world.worker():
        # All but the last ten go on; one of those who do is seen for the first time.
        world.send(
            (heartbeat(user=user, content=2, session=2, until_ms=20_000) for user in (*people[:30], 99)),
            rate=100,
        )
        after = world.settled()
        world.check()
    applied = {part: counts["applied"] + counts["duplicates"] for part, counts in after.items()}
    assert sum(applied.values()) == 80 + 31
    assert all(after[part]["first"] == before[part]["first"] for part in before)
    with world.redis() as redis:
        moved = {hash_of(person_of(user)) for user in (*people[:30], 99)}
        found = names(redis)
        assert found >= moved
        assert Counter(map(KEYS.person_of_hash, found)) == dict.fromkeys(map(person_of, (*people, 99)), 1)
        assert not any(redis.exists(KEYS.former_applied_hash(part)) for part in range(COUNT))
        assert redis.get(KEYS.partitions) == str(COUNT).encode()


def person_of(user: int) -> str:
    beat = heartbeat(user=user)
    return person_key(beat.tenant_id, beat.user_id)


async def test_former_erased_flags_hold(world: World) -> None:
    one, other = heartbeat(user=1), heartbeat(user=2)
    person = person_key(one.tenant_id, one.user_id)
    with world.redis() as redis:
        redis.hset(KEYS.former_progress_hash(person), ERASED, AT)
        redis.hset(KEYS.former_erased_tenants, other.tenant_id, AT)
        async with stores_of(world) as stores:
            await stores.hot.claim(0, 1)
            loaded = await stores.hot.load(0, {person: [one.content_id]})
        found = loaded[person]
        assert found is not None
        assert found.erased_at == AT
        assert redis.hgetall(KEYS.erased_tenants_hash(0)) == {other.tenant_id.encode(): str(AT).encode()}
        assert redis.ttl(KEYS.erased_tenants_hash(0)) > 89 * 86_400


async def test_a_claim_of_the_former_release_that_is_newer_is_respected(world: World) -> None:
    with world.redis() as redis:
        former = {"claim": 5, "claimed_at": int(time.time()), "next": 3}
        redis.hset(KEYS.former_applied_hash(0), mapping=former)
        async with stores_of(world) as stores:
            held = hold(stores, generation=4)
            await until(lambda: "held by generation 5" in (held.failing or ""))
            await held.stop()
        assert not redis.exists(KEYS.applied_hash(0))
        assert redis.hget(KEYS.former_applied_hash(0), "next") == b"3"


async def test_a_topic_with_more_partitions_than_the_keys_waits(world: World) -> None:
    with world.redis() as redis:
        redis.set(KEYS.partitions, COUNT * 2)
        async with stores_of(world) as stores:
            held = hold(stores)
            await until(lambda: "progress:partitions" in (held.failing or ""))
            redis.set(KEYS.partitions, COUNT)
            await held.located()
            await held.stop()
