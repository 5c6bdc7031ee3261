"""People whom Redis lost are restored from PostgreSQL in pieces, as a whole or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import partial

import psycopg
import pytest

from playhead.progress import NOTHING, ContentId, Policy, apply
from playhead.settings import RedisSettings
from playhead.wire.keys import person_key
from playhead.wire.ledger import Ledger
from playhead.wire.progress import encode_progress
from playhead.wire.redis_keys import ERASED, FENCE
from stream_processors.apply.decide import decide
from stream_processors.apply.decision import Decision, KnownPerson
from stream_processors.apply.decode import decode
from stream_processors.errors import (
    EvictionPolicyError,
    HotPartitionMovedError,
    MissingPermissionError,
    RedisUnavailableError,
)
from stream_processors.partition import worker as worker_module
from stream_processors.stores import restore as restoring
from stream_processors.stores.hot_store import HotStore, LostItems
from stream_processors.stores.redis_calls import require_noeviction
from stream_processors.stores.restore import restore
from tests.hot import KEYS
from tests.services import Database
from tests.stream_processors.harness import hold, stores_of, until
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.machine import RULES, batch_of
from tests.stream_processors.world import _ROW, World

pytestmark = [pytest.mark.services, pytest.mark.anyio]

ITEMS = 12
FENCED = {"partition": 0, "generation": 1, "expected": None}


def state_of(content: int, user: int = 1, sessions: int = 40) -> bytes:
    progress = NOTHING
    for session in range(sessions):
        progress = apply(progress, heartbeat(user=user, content=content, session=session), Policy())
    return encode_progress(progress)


def person(user: int = 1) -> str:
    beat = heartbeat(user=user)
    return person_key(beat.tenant_id, beat.user_id)


def items(user: int = 1, count: int = ITEMS) -> list[tuple[ContentId, bytes]]:
    return [(heartbeat(content=n).content_id, state_of(n, user)) for n in range(1, count + 1)]


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[HotStore]:
    store = HotStore(RedisSettings(redis_url=redis_url))
    await store.claim(0, 1)
    yield store
    await store.close()


def stored(database: Database, *users: int) -> None:
    """Put people with `ITEMS` items each into Postgres."""
    with psycopg.connect(database.admin_dsn) as connection, connection.cursor() as cursor:
        cursor.executemany(
            _ROW,
            [
                (*person(user).split(":"), item, state.decode(), 0, 0)
                for user in users
                for item, state in items(user)
            ],
        )


def fields(world: World, user: int = 1) -> dict[str, bytes]:
    with world.redis() as redis:
        return {
            name.decode(): value for name, value in redis.hgetall(KEYS.progress_hash(0, person(user))).items()
        }


async def test_a_person_is_held_only_once_the_last_piece_is_there(world: World, store: HotStore) -> None:
    first, second = items()[:5], items()[5:]
    await store.restore([LostItems(person(), first)], **FENCED)
    wanted = {person(): [item for item, _ in items()]}
    assert await store.load(0, wanted) == {person(): None}
    await store.restore([LostItems(person(), second, ITEMS)], **FENCED)
    assert await store.load(0, wanted) == {person(): KnownPerson(dict(items()))}
    with world.redis() as redis:
        assert redis.ttl(KEYS.progress_hash(0, person())) > 89 * 86_400


async def test_a_worker_that_dies_between_two_pieces_leaves_people_who_are_restored_again(
    world: World, store: HotStore, fresh_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restoring, "PIECE_BYTES", 10_000)
    stored(fresh_database, 1, 2)
    pieces: list[list[LostItems]] = []

    async def dying(lost: list[LostItems]) -> None:
        await store.restore(lost, **FENCED)
        pieces.append(lost)
        if len(pieces) == 3:
            raise RedisUnavailableError("killed")

    async with stores_of(world) as stores:
        with pytest.raises(RedisUnavailableError, match="killed"):
            await restore(stores.durable, dying, [person(1), person(2)])
        assert FENCE not in fields(world)
        await store.claim(0, 2)
        successor = partial(store.restore, **{**FENCED, "generation": 2})
        assert await restore(stores.durable, successor, [person(1), person(2), person(3)]) == {
            person(3): KnownPerson({}, is_new=True)
        }
    for user in (1, 2):
        assert fields(world, user) == {FENCE: b"0:0"} | dict(items(user))


async def test_a_late_piece_undoes_nothing(world: World, store: HotStore) -> None:
    """As when Redis answers a call that was given up, after the batch that followed it."""
    await store.restore([LostItems(person(), items(), ITEMS)], **FENCED)
    decision = decision_of(await store.load(0, {person(): [items()[0][0]]}))
    await store.write(decision, generation=1, expected=None, published=0)
    after = fields(world)
    with pytest.raises(HotPartitionMovedError):
        await store.restore([LostItems(person(), items())], **FENCED)
    with world.redis() as redis:
        redis.hdel(KEYS.applied_hash(0), "next")  # even where the partition stands where it stood
    await store.restore([LostItems(person(), items(), ITEMS)], **FENCED)
    assert fields(world) == after


async def test_a_zombie_restores_no_one(world: World, store: HotStore) -> None:
    await store.claim(0, 2)
    with pytest.raises(HotPartitionMovedError, match="claimed by generation 2"):
        await store.restore([LostItems(person(), items(), ITEMS)], **FENCED)
    assert fields(world) == {}


async def test_a_person_erased_between_two_pieces_stays_erased(world: World, store: HotStore) -> None:
    await store.restore([LostItems(person(), items()[:5])], **FENCED)
    with world.redis() as redis:
        redis.delete(KEYS.progress_hash(0, person()))
        redis.hset(KEYS.progress_hash(0, person()), ERASED, 7)
    await store.restore([LostItems(person(), items()[5:], ITEMS)], **FENCED)
    assert fields(world) == {ERASED: b"7"}


async def test_a_redis_that_lost_the_first_piece_holds_no_part_of_a_person(
    world: World, store: HotStore
) -> None:
    await store.restore([LostItems(person(), items()[:5])], **FENCED)
    with world.redis() as redis:
        redis.delete(KEYS.progress_hash(0, person()))
    with pytest.raises(RedisUnavailableError, match="1 people again"):
        await store.restore([LostItems(person(), items()[5:], ITEMS)], **FENCED)
    assert fields(world) == {}


async def test_a_write_is_refused_if_a_loaded_person_is_gone(world: World, store: HotStore) -> None:
    """Expired, or lost in a restart of Redis: writing only the change would lose the rest."""
    await store.restore([LostItems(person(), items(), ITEMS)], **FENCED)
    decision = decision_of(await store.load(0, {person(): [items()[0][0]]}))
    with world.redis() as redis:
        redis.delete(KEYS.progress_hash(0, person()))
    with pytest.raises(HotPartitionMovedError) as refused:
        await store.write(decision, generation=1, expected=None, published=0)
    moved = refused.value
    assert (moved.claim, moved.next_offset, moved.has_lost_people) == (1, None, True)
    assert fields(world) == {}


def decision_of(known: dict[str, KnownPerson | None]) -> Decision:
    beat = heartbeat(session=1_000, until_ms=90_000)
    found = {name: each for name, each in known.items() if each is not None}
    return decide(decode(batch_of(beat)), found, Ledger.starting_at(0), RULES)


@contextmanager
def no_argument_over_a_megabyte(world: World) -> Iterator[None]:
    """Stands for the limit of 512 MB."""
    with world.redis() as redis:
        before = redis.config_get("proto-max-bulk-len")
        redis.config_set("proto-max-bulk-len", 1_048_576)
        yield
        redis.config_set("proto-max-bulk-len", before["proto-max-bulk-len"])


async def test_people_with_more_than_one_argument_to_redis_may_hold_are_restored_and_written(
    world: World, fresh_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A batch over all items of people who have 2 MB, into a Redis that takes arguments of 1 MB."""
    monkeypatch.setattr(restoring, "PIECE_BYTES", 100_000)
    monkeypatch.setattr(worker_module, "MAX_BATCH_BYTES", 300_000)
    people = range(1, 40)
    stored(fresh_database, *people)
    beats = [
        heartbeat(user=user, content=content, session=1_000, until_ms=90_000)
        for content in range(1, ITEMS + 1)
        for user in people
    ]
    assert sum(len(state) for state in (state_of(n) for n in range(1, ITEMS + 1))) * len(people) > 2_000_000
    with no_argument_over_a_megabyte(world):
        async with stores_of(world) as stores:
            held = hold(stores)
            await held.located(60)
            await held.submit(batch_of(*beats))
            await until(lambda: held.acked == [len(beats)], 120)
            await held.stop()
    hot = world.hot()
    assert len(hot) == len(beats)
    assert all(heartbeat(session=1_000).session_id in progress.sessions for progress in hot.values())
    assert all(len(progress.sessions) == 41 for progress in hot.values())
    partition = world.applied()[0]
    assert (partition["next"], partition["applied"], partition["duplicates"]) == (len(beats), len(beats), 0)


@pytest.mark.parametrize("policy", ["allkeys-lru", "volatile-random"])
async def test_a_redis_that_may_evict_holds_the_partition_until_its_policy_is_changed(
    world: World, policy: str
) -> None:
    with world.redis() as redis:
        redis.config_set("maxmemory-policy", policy)
        try:
            async with stores_of(world) as stores:
                held = hold(stores)
                await until(lambda: held.failing is not None, 30)
                assert f"maxmemory-policy {policy}" in str(held.failing)
                assert "set maxmemory-policy to noeviction" in str(held.failing)
                redis.config_set("maxmemory-policy", "noeviction")
                await held.located(30)
                assert held.failing is None
                redis.config_set("maxmemory-policy", policy)  # noticed while it is idle, too
                await until(lambda: "noeviction" in str(held.failing), 30)
                await held.stop()
        finally:
            redis.config_set("maxmemory-policy", "noeviction")


async def test_a_missing_redis_permission_is_named(world: World) -> None:
    url = world.environment["PLAYHEAD_REDIS_URL"].replace("redis://", "redis://limited:secret@")
    with world.redis() as redis:
        redis.acl_setuser(
            "limited", enabled=True, passwords=["+secret"], keys="*", commands=["+@all", "-info"]
        )
        try:
            store = HotStore(RedisSettings(redis_url=url))
            with pytest.raises(MissingPermissionError, match=r"\+info"):
                await store.memory.require_noeviction(0)
            await store.close()
        finally:
            redis.acl_deluser("limited")


def test_a_server_that_does_not_say_its_policy_is_not_trusted() -> None:
    require_noeviction({"maxmemory_policy": "noeviction"})
    with pytest.raises(EvictionPolicyError, match="unknown"):
        require_noeviction({"used_memory": 1})
