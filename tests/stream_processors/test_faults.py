"""Workers join, leave and die, and stores lose data: each test ends with all progress intact."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from threading import Thread

import pytest
from redis import Redis
from redis.exceptions import OutOfMemoryError

from playhead.progress import Policy
from playhead.wire.keys import person_key
from tests.hot import KEYS, hash_of
from tests.services import Database
from tests.stream_processors.heartbeats import crowd, heartbeat
from tests.stream_processors.process import eventually
from tests.stream_processors.world import World

pytestmark = [pytest.mark.services, pytest.mark.faults]

CROWD = 6_000
RATE = 1_000


@contextmanager
def load(world: World, count: int = CROWD, *, people: int = 300, seed: int = 3) -> Iterator[None]:
    """Send a crowd's heartbeats while the block runs, and end with the last of them."""
    sending = Thread(target=world.send, args=(crowd(count, people=people, seed=seed),), kwargs={"rate": RATE})
    sending.start()
    try:
        yield
    finally:
        sending.join()


def some_applied(world: World, at_least: int = 500) -> bool:
    return sum(fields.get("applied", 0) for fields in world.applied().values()) >= at_least


def more_than(world: World, heartbeats: int) -> bool:
    return sum(fields.get("next", 0) for fields in world.applied().values()) > heartbeats


def claims(world: World) -> dict[int, int]:
    return {p: fields.get("claim", -1) for p, fields in world.applied().items()}


def test_workers_join_and_leave_under_load(world: World) -> None:
    with world.worker() as first, load(world):
        eventually(lambda: some_applied(world), "the first works")
        alone = claims(world)
        with world.worker() as second:
            eventually(lambda: all(claims(world)[p] > alone[p] for p in alone), "partitions are shared out")
            together = claims(world)
            second.send(signal.SIGTERM)
            assert second.ended() == 0
        eventually(lambda: all(claims(world)[p] > together[p] for p in together), "the first has all again")
        assert first.process.poll() is None
    with world.worker():
        assert sum(world.check().values()) == CROWD


@pytest.mark.watches_the_clock
def test_a_killed_workers_partitions_move_within_ten_seconds(world: World) -> None:
    with world.worker() as first, ExitStack() as later:
        eventually(lambda: any(each > 0 for each in claims(world).values()), "the first has them")
        later.enter_context(world.worker())
        world.send(crowd(500))
        world.settled()
        eventually(lambda: len(set(claims(world).values())) == 1 and claims(world)[0] >= 2, "one generation")
        before = claims(world)
        sending = Thread(target=world.send, args=(crowd(CROWD, people=300),), kwargs={"rate": RATE})
        sending.start()
        eventually(lambda: some_applied(world, 1_000), "both work")
        first.send(signal.SIGKILL)
        killed = time.monotonic()
        eventually(lambda: all(claims(world)[p] > before[p] for p in before), "partitions moved", 30)
        moved = time.monotonic() - killed
        sending.join()
        assert sum(world.check().values()) == 500 + CROWD
    assert moved < 10 + 2  # two seconds for a busy machine that runs everything


def test_kill_9_again_and_again_loses_and_doubles_nothing(world: World) -> None:
    with load(world, 8_000):
        for _ in range(3):
            had = sum(fields.get("next", 0) for fields in world.applied().values())
            with world.worker(PLAYHEAD_PROCESSOR_MAX_RUN="97") as worker:
                eventually(partial(more_than, world, had + 300), "some is applied")
                worker.send(signal.SIGKILL)
                worker.ended()
    with world.worker():
        verdicts = world.check()
    assert sum(verdicts.values()) == 8_000


def test_a_frozen_worker_that_wakes_up_changes_nothing(world: World) -> None:
    with world.worker() as zombie, ExitStack() as later:
        with load(world):
            eventually(lambda: some_applied(world), "it works")
            zombie.send(signal.SIGSTOP)
            asleep = claims(world)
            later.enter_context(world.worker())
            eventually(lambda: all(claims(world)[p] > asleep[p] for p in asleep), "the other took over")
            zombie.send(signal.SIGCONT)
        assert sum(world.check().values()) == CROWD


def test_redis_flushed_under_load_is_filled_again(world: World) -> None:
    with world.worker() as worker, world.redis() as redis:
        with load(world):
            eventually(lambda: some_applied(world), "some is applied")
            redis.flushall()
            eventually(lambda: some_applied(world), "some is applied again")
            redis.flushall()
        assert sum(world.check().values()) == CROWD
        assert worker.process.poll() is None


def test_redis_restored_from_an_older_dump_catches_up(world: World) -> None:
    with world.worker() as worker:
        with load(world):
            eventually(lambda: some_applied(world), "some is applied")
            with world.redis_snapshot() as restore:
                eventually(lambda: some_applied(world, 2_000), "much more is applied")
                restore()
        assert sum(world.check().values()) == CROWD
        assert worker.process.poll() is None


def test_people_flushed_from_redis_come_back_whole_from_postgres(
    world: World, fresh_database: Database
) -> None:
    world.send(heartbeat(content=number, until_ms=20_000) for number in range(50))
    with world.worker():
        world.check()
        world.store_published(fresh_database.admin_dsn)
        with world.redis() as redis:
            redis.flushall()
        world.send([heartbeat(content=3, until_ms=50_000)])
        ends = world.ends()
        eventually(
            lambda: sum(f.get("next", 0) for f in world.applied().values()) >= max(ends.values()), "applied"
        )
        assert world.hot() == world.model()
        # Nothing was read again that Postgres had: the ledger went on from there.
        partition = next(fields for fields in world.applied().values() if fields.get("next"))
    assert (partition["first"], partition["applied"], partition["duplicates"]) == (0, 51, 0)


def test_one_person_expired_from_redis_comes_back_whole(world: World, fresh_database: Database) -> None:
    world.send(heartbeat(content=number, until_ms=20_000) for number in range(20))
    with world.worker(), world.redis() as redis:
        world.check()
        world.store_published(fresh_database.admin_dsn)
        person = person_key(heartbeat().tenant_id, heartbeat().user_id)
        redis.delete(hash_of(person))
        # A repeated heartbeat changes nothing, and brings the person back all the same.
        world.send([heartbeat(content=5, until_ms=20_000)])
        verdicts = world.check()
        assert redis.hlen(hash_of(person)) == 20 + 1
        assert redis.ttl(hash_of(person)) > 89 * 86_400
    assert verdicts == {"applied": 20, "duplicates": 1, "dead": 0}


def test_people_evicted_by_redis_are_not_taken_for_new_while_postgres_is_behind(
    world: World, fresh_database: Database
) -> None:
    world.send(heartbeat(content=number, until_ms=20_000) for number in range(20))
    with world.worker() as worker, world.redis() as redis:
        world.check()
        evict_people(redis)
        assert not redis.exists(hash_of(person_key(heartbeat().tenant_id, heartbeat().user_id)))
        world.send([heartbeat(content=5, until_ms=30_000)])
        eventually(lambda: "has evicted people" in worker.log_text, "the partition is held")
        world.store_published(fresh_database.admin_dsn)
        verdicts = world.check()
        redis.config_resetstat()
    assert verdicts == {"applied": 21, "duplicates": 0, "dead": 0}


def evict_people(redis: Redis) -> None:
    """Make Redis run out of memory, so that it evicts keys that have a time to live."""
    redis.config_set("maxmemory-policy", "volatile-random")
    try:
        eventually(lambda: _evicted(redis), "people are evicted")
    finally:
        redis.config_set("maxmemory", 0)
        redis.config_set("maxmemory-policy", "noeviction")


def _evicted(redis: Redis) -> bool:
    # Again for each look, as Redis may have freed memory of its own meanwhile.
    redis.config_set("maxmemory", redis.info("memory")["used_memory"] - 1)
    with suppress(OutOfMemoryError):
        redis.set("filler", "x" * 100)
    redis.delete("filler")
    return not list(redis.scan_iter("progress:{*"))


def test_what_was_applied_but_not_published_is_published_by_the_next_worker(world: World) -> None:
    """Redis and the log are as after a worker that died between Redis and Kafka."""
    world.send(heartbeat(content=number) for number in range(10))
    with world.worker() as worker:
        world.check()
        worker.send(signal.SIGKILL)
        worker.ended()
    partition = next(p for p, fields in world.applied().items() if fields.get("next"))
    published_before = len(world.records(world.topics.states.name))
    with world.redis() as redis:
        redis.hset(KEYS.applied_hash(partition), "emitted", 4)
    world.delete_group()
    with world.worker():
        eventually(lambda: len(world.records(world.topics.states.name)) > published_before, "published again")
        world.check()
    again = len(world.records(world.topics.states.name)) - published_before
    assert again == 6 + 1  # the six states from offset 4 on, and the checkpoint


def test_a_recreated_topic_is_refused_with_the_way_out(world: World) -> None:
    with world.redis() as redis:
        redis.hset(
            KEYS.applied_hash(0),
            mapping={"first": 0, "next": 900, "applied": 900, "duplicates": 0, "dead": 0, "emitted": 900},
        )
    with world.worker() as worker:
        assert worker.ended() != 0
        assert "applied:{0}" in worker.log_text
        assert "run `playhead rebase`" in worker.log_text


def test_an_unknown_failure_ends_the_process_and_nothing_is_lost(world: World) -> None:
    person = person_key(heartbeat().tenant_id, heartbeat().user_id)
    with world.redis() as redis:
        redis.set(hash_of(person), "a mistake")
        world.send([heartbeat()])
        with world.worker() as worker:
            assert worker.ended() != 0
            assert "WRONGTYPE" in worker.log_text
        redis.delete(hash_of(person))
    with world.worker():
        assert world.check() == {"applied": 1, "duplicates": 0, "dead": 0}


def test_the_policy_of_the_settings_decides(world: World) -> None:
    world.send([heartbeat(until_ms=320_000)])
    with world.worker(PLAYHEAD_COMPLETION_THRESHOLD="0.5"):
        world.settled()
        states, _ = world.published()
    assert [state.summary.status for state in states.values()] == ["completed"]
    assert world.hot() == world.model(Policy(threshold=0.5))


def test_without_a_broker_the_process_ends_and_says_so(world: World) -> None:
    with world.worker(PLAYHEAD_KAFKA_SERVERS="127.0.0.1:1") as worker:
        assert worker.ended(60) != 0
        assert "127.0.0.1:1" in worker.log_text
