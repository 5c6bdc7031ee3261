"""People who were erased: whatever is in the log of them, nothing of it comes back."""

from __future__ import annotations

import pytest
from prometheus_client import REGISTRY

from playhead.kafka.batches import RecordBatch
from playhead.policies import Policies
from playhead.progress import Policy
from playhead.progress.advance import apply
from playhead.progress.progress import NOTHING
from playhead.wire.codec import encode
from playhead.wire.keys import ERASED, FENCE, live_channel, person_key, progress_hash
from playhead.wire.ledger import Ledger
from stream_processors.apply.decide import KnownPerson, decide
from stream_processors.apply.decode import read
from stream_processors.stores.hot_store import Applied
from tests.services import Database
from tests.stream_processors.apply.test_decide import Rec
from tests.stream_processors.directory import Directory
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.partition.test_worker import hold, parts_of, run_of, until
from tests.stream_processors.world import World, eventually

pytestmark = [pytest.mark.services, pytest.mark.anyio]

BEAT = heartbeat()
PERSON = person_key(BEAT.tenant_id, BEAT.user_id)
AT = 1_790_000_123_456


def counted(name: str) -> float:
    return REGISTRY.get_sample_value(f"playhead_processor_{name}_total") or 0.0


def held_of(world: World) -> dict[bytes, bytes]:
    with world.redis() as redis:
        fields: dict[bytes, bytes] = redis.hgetall(progress_hash(PERSON))
    return fields


async def test_heartbeats_of_somebody_whose_hash_says_erased_change_nothing(world: World) -> None:
    with world.redis() as redis:
        redis.hset(progress_hash(PERSON), ERASED, AT)
    before = counted("erased")
    async with parts_of(world) as parts:
        held = hold(parts, generation=1)
        await until(lambda: held.lane.told == 0)
        await held.put(run_of(10_000, 20_000))
        await until(lambda: held.acked == [2])
        await held.leave()
    assert held_of(world) == {ERASED.encode(): str(AT).encode()}
    states, _ = world.told()
    standing = world.applied()[0]
    assert states == {}
    assert (standing["applied"], standing["duplicates"], standing["dead"]) == (0, 2, 0)
    assert counted("erased") - before == 2


async def test_somebody_whom_redis_forgot_is_known_erased_by_postgres_and_asked_for_once(
    world: World, fresh_database: Database
) -> None:
    Directory(fresh_database).erase(BEAT.tenant_id, BEAT.user_id, AT)
    before = counted("read_through_people")
    async with parts_of(world) as parts:
        held = hold(parts, generation=1)
        await until(lambda: held.lane.told == 0)
        await held.put(run_of(10_000))
        await until(lambda: held.acked == [1])
        assert held_of(world) == {ERASED.encode(): str(AT).encode()}
        await held.put(run_of(20_000, after=1))
        await until(lambda: held.acked == [1, 2])
        await held.leave()
    assert counted("read_through_people") - before == 1
    states, _ = world.told()
    assert states == {}
    assert world.applied()[0]["duplicates"] == 2
    with world.redis() as redis:
        assert redis.ttl(progress_hash(PERSON)) > 89 * 86_400


async def test_the_erased_and_the_others_of_a_run_are_told_apart(
    world: World, fresh_database: Database
) -> None:
    Directory(fresh_database).erase(BEAT.tenant_id, BEAT.user_id, AT)
    beats = [*(heartbeat(user=2, content=n) for n in (1, 2)), BEAT]
    keys = [person_key(each.tenant_id, each.user_id).encode() for each in beats]
    records = [Rec(n, key, encode(each)) for n, (key, each) in enumerate(zip(keys, beats, strict=True))]
    async with parts_of(world) as parts:
        held = hold(parts, generation=1)
        await until(lambda: held.lane.told == 0)
        await held.put(RecordBatch(0, 0, records))
        await until(lambda: held.acked == [3])
        await held.leave()
    assert {person for person, _ in world.told()[0]} == {keys[0].decode()}
    standing = world.applied()[0]
    assert (standing["applied"], standing["duplicates"]) == (2, 1)


async def test_somebody_erased_between_load_and_write_is_not_written(world: World) -> None:
    """A worker loads the person, the erasure passes by, and the worker writes."""
    stored = encode(apply(NOTHING, heartbeat(content=2), Policy()))
    run = run_of(10_000)
    async with parts_of(world) as parts:
        await parts.hot.claim(0, 1)
        known = {PERSON: KnownPerson({heartbeat(content=2).content_id: stored})}
        decision = decide(run, read(run), known, Ledger.starting_at(0), Policies(Policy()))
        assert len(decision.writes) == 1
        with world.redis() as redis, redis.pubsub(ignore_subscribe_messages=True) as heard:
            redis.hset(progress_hash(PERSON), ERASED, AT)
            heard.subscribe(live_channel(PERSON))
            heard.get_message(timeout=1.0)
            assert await parts.hot.write(decision, generation=1, expected=None, emitted=0) == Applied()
            assert heard.get_message(timeout=0.2) is None
    assert held_of(world) == {ERASED.encode(): str(AT).encode()}
    assert world.applied()[0]["next"] == 1


def test_a_worker_starting_on_an_empty_redis_brings_nobody_back_from_the_log(
    world: World, fresh_database: Database
) -> None:
    """As after a flush: the log is read again, with all that the erased ever sent."""
    world.send([heartbeat(user=1), heartbeat(user=2)])
    Directory(fresh_database).erase(BEAT.tenant_id, BEAT.user_id, AT)
    with world.worker() as worker:
        world.settled()
        eventually(lambda: "erased_total 1.0" in worker.answers("/metrics")[1], "it is counted")
    assert held_of(world) == {ERASED.encode(): str(AT).encode()}
    other = heartbeat(user=2)
    with world.redis() as redis:
        assert redis.hexists(progress_hash(person_key(other.tenant_id, other.user_id)), FENCE)
    assert [person for person, _ in world.told()[0]] == [person_key(other.tenant_id, other.user_id)]
