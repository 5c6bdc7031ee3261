"""People and organisations that were erased: heartbeats of theirs in the log restore nothing."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from prometheus_client import REGISTRY

from playhead.progress import Policy
from playhead.progress.advance import apply
from playhead.progress.identifiers import TenantId
from playhead.progress.progress import NOTHING
from playhead.wire.codec import encode
from playhead.wire.keys import person_key
from playhead.wire.ledger import Ledger
from playhead.wire.redis_keys import ERASED, FENCE
from stream_processors.apply.decide import decide
from stream_processors.apply.decision import KnownPerson
from stream_processors.apply.decode import decode
from stream_processors.stores.hot_store import LostItems
from tests.hot import KEYS, hash_of
from tests.services import Database
from tests.stream_processors.directory import Directory
from tests.stream_processors.harness import hold, played, stores_of, until
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.machine import RULES, batch_of
from tests.stream_processors.process import eventually
from tests.stream_processors.world import World

pytestmark = [pytest.mark.services, pytest.mark.anyio]

BEAT = heartbeat()
PERSON = person_key(BEAT.tenant_id, BEAT.user_id)
AT = 1_790_000_123_456


def counted(name: str) -> float:
    return REGISTRY.get_sample_value(f"playhead_processor_{name}_total") or 0.0


def held_of(world: World) -> dict[bytes, bytes]:
    with world.redis() as redis:
        found = (redis.hgetall(key) for key in redis.scan_iter(KEYS.progress_hashes) if is_theirs(key))
        return next(found, {})


def is_theirs(key: bytes) -> bool:
    return KEYS.person_of_hash(key.decode()) == PERSON


async def test_heartbeats_of_a_person_with_the_erased_flag_change_nothing(world: World) -> None:
    with world.redis() as redis:
        redis.hset(KEYS.progress_hash(0, PERSON), ERASED, AT)
    before = counted("erased")
    async with stores_of(world) as stores:
        held = hold(stores)
        await held.located()
        await held.submit(played(10_000, 20_000))
        await until(lambda: held.acked == [2])
        await held.stop()
    assert held_of(world) == {ERASED.encode(): str(AT).encode()}
    states, _ = world.published()
    partition = world.applied()[0]
    assert states == {}
    assert (partition["applied"], partition["duplicates"], partition["dead"]) == (0, 2, 0)
    assert counted("erased") - before == 2


async def test_an_erased_person_missing_in_redis_is_looked_up_in_postgres_once(
    world: World, fresh_database: Database
) -> None:
    Directory(fresh_database).erase(BEAT.tenant_id, BEAT.user_id, AT)
    before = counted("read_through_people")
    async with stores_of(world) as stores:
        held = hold(stores)
        await held.located()
        await held.submit(played(10_000))
        await until(lambda: held.acked == [1])
        assert held_of(world) == {ERASED.encode(): str(AT).encode()}
        await held.submit(played(20_000, start=1))
        await until(lambda: held.acked == [1, 2])
        await held.stop()
    assert counted("read_through_people") - before == 1
    states, _ = world.published()
    assert states == {}
    assert world.applied()[0]["duplicates"] == 2
    with world.redis() as redis:
        assert redis.ttl(KEYS.progress_hash(0, PERSON)) > 89 * 86_400


async def test_a_batch_of_erased_and_other_people_changes_the_others_only(
    world: World, fresh_database: Database
) -> None:
    Directory(fresh_database).erase(BEAT.tenant_id, BEAT.user_id, AT)
    beats = [*(heartbeat(user=2, content=n) for n in (1, 2)), BEAT]
    async with stores_of(world) as stores:
        held = hold(stores)
        await held.located()
        await held.submit(batch_of(*beats))
        await until(lambda: held.acked == [3])
        await held.stop()
    assert {person for person, _ in world.published()[0]} == {
        person_key(beats[0].tenant_id, beats[0].user_id)
    }
    partition = world.applied()[0]
    assert (partition["applied"], partition["duplicates"]) == (2, 1)


async def test_a_person_erased_between_load_and_write_is_not_written(world: World) -> None:
    """The worker loads the person, the erasure happens, and the worker writes."""
    stored = encode(apply(NOTHING, heartbeat(content=2), Policy()))
    batch = played(10_000)
    async with stores_of(world) as stores:
        await stores.hot.claim(0, 1)
        known = {PERSON: KnownPerson({heartbeat(content=2).content_id: stored})}
        decision = decide(decode(batch), known, Ledger.starting_at(0), RULES)
        assert len(decision.writes) == 1
        with world.redis() as redis, redis.pubsub(ignore_subscribe_messages=True) as subscriber:
            redis.hset(KEYS.progress_hash(0, PERSON), ERASED, AT)
            subscriber.subscribe(KEYS.live_channel(0, PERSON))
            subscriber.get_message(timeout=1.0)
            await stores.hot.write(decision, generation=1, expected=None, published=0)
            assert subscriber.get_message(timeout=0.2) is None
    assert held_of(world) == {ERASED.encode(): str(AT).encode()}
    assert world.applied()[0]["next"] == 1


def test_a_worker_on_an_empty_redis_restores_no_erased_person_from_the_log(
    world: World, fresh_database: Database
) -> None:
    """After a flush, the log is read again with all heartbeats of erased people."""
    world.send([heartbeat(user=1), heartbeat(user=2)])
    Directory(fresh_database).erase(BEAT.tenant_id, BEAT.user_id, AT)
    with world.worker() as worker:
        world.settled()
        eventually(lambda: "erased_total 1.0" in worker.answers("/metrics")[1], "it is counted")
    assert held_of(world) == {ERASED.encode(): str(AT).encode()}
    other = heartbeat(user=2)
    with world.redis() as redis:
        assert redis.hexists(hash_of(person_key(other.tenant_id, other.user_id)), FENCE)
    assert [person for person, _ in world.published()[0]] == [person_key(other.tenant_id, other.user_id)]


def flag_of(world: World) -> dict[bytes, bytes]:
    with world.redis() as redis:
        fields: dict[bytes, bytes] = redis.hgetall(KEYS.erased_tenants_hash(0))
    return fields


async def test_heartbeats_of_an_erased_organisation_leave_no_trace_of_its_people(
    world: World, fresh_database: Database
) -> None:
    """PostgreSQL is asked once; the flag then holds for all of its people, also for unknown ones."""
    Directory(fresh_database).erase_tenant(BEAT.tenant_id, AT)
    other = replace(BEAT, tenant_id=TenantId("00000000-0000-4000-8000-0000000000ee"))
    before = counted("read_through_people")
    async with stores_of(world) as stores:
        held = hold(stores)
        await held.located()
        await held.submit(batch_of(BEAT, other))
        await until(lambda: held.acked == [2])
        await held.submit(batch_of(heartbeat(user=3), heartbeat(user=4), start=2))
        await until(lambda: held.acked == [2, 4])
        await held.stop()
    assert counted("read_through_people") - before == 2
    assert {person for person, _ in world.published()[0]} == {person_key(other.tenant_id, other.user_id)}
    partition = world.applied()[0]
    assert (partition["applied"], partition["duplicates"]) == (1, 3)
    assert flag_of(world) == {BEAT.tenant_id.encode(): str(AT).encode()}
    with world.redis() as redis:
        assert list(redis.scan_iter(f"*{BEAT.tenant_id}*")) == []
        assert redis.ttl(KEYS.erased_tenants_hash(0)) > 89 * 86_400


@pytest.mark.parametrize("is_new", [True, False])
async def test_an_organisation_erased_between_load_and_write_is_not_written(
    world: World, *, is_new: bool
) -> None:
    async with stores_of(world) as stores:
        await stores.hot.claim(0, 1)
        known = {PERSON: KnownPerson({}, is_new=is_new)}
        decision = decide(decode(played(10_000)), known, Ledger.starting_at(0), RULES)
        assert len(decision.writes) == 1
        with world.redis() as redis:
            redis.hset(KEYS.erased_tenants_hash(0), BEAT.tenant_id, AT)
        await stores.hot.write(decision, generation=1, expected=None, published=0)
    assert held_of(world) == {}
    assert world.applied()[0]["next"] == 1


async def test_an_organisation_erased_between_read_and_restore_is_not_restored(world: World) -> None:
    async with stores_of(world) as stores:
        await stores.hot.claim(0, 1)
        with world.redis() as redis:
            redis.hset(KEYS.erased_tenants_hash(0), BEAT.tenant_id, AT)
        lost = LostItems(PERSON, [(BEAT.content_id, b"{}")], 1)
        await stores.hot.restore([lost], partition=0, generation=1, expected=None)
    assert held_of(world) == {}
