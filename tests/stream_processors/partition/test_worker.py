"""A lane against the real stores: who may write, and what is told when a step fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from playhead.kafka.batches import LogRange, RecordBatch
from playhead.kafka.publisher import BrokerUnavailableError, Publisher, Record
from playhead.settings import ProcessorSettings
from playhead.wire.codec import encode
from playhead.wire.keys import applied_hash, person_key
from stream_processors.catalogue import Catalogue
from stream_processors.partition.worker import PartitionWorker, Stores
from stream_processors.stores.durable_store import DurableStore
from stream_processors.stores.hot_store import HotStore
from stream_processors.stores.publish import RecordPublisher
from tests.stream_processors.apply.test_decide import Rec
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.world import World

pytestmark = [pytest.mark.services, pytest.mark.anyio]


@dataclass
class Tape:
    """A source whose log has no end; it remembers where it was asked to read from."""

    asked: list[int] = field(default_factory=list)

    async def bounds(self, partition: int) -> LogRange:
        return LogRange("heartbeats", partition, 0, 1_000_000)

    async def committed(self, partition: int) -> int | None:  # noqa: ARG002 - a source's signature
        return None

    async def read_from(self, partition: int, offset: int) -> None:
        del partition
        self.asked.append(offset)


@asynccontextmanager
async def parts_of(world: World) -> AsyncIterator[Stores]:
    names = {name.removeprefix("PLAYHEAD_").lower(): value for name, value in world.environment.items()}
    settings = ProcessorSettings.model_validate(names)
    hot, durable = HotStore(settings), DurableStore(settings)
    catalogue = Catalogue(settings, asyncio.get_running_loop().time)
    async with Publisher(settings, client_id="tests", ack_timeout_seconds=10) as publisher:
        yield Stores(hot, durable, publisher, world.topics, catalogue)
    await hot.close()
    await durable.close()
    await catalogue.close()


@dataclass
class Held:
    """A lane at work, and what it acknowledged."""

    lane: PartitionWorker
    source: Tape
    task: asyncio.Task[None]
    acked: list[int] = field(default_factory=list)

    async def put(self, run: RecordBatch) -> None:
        await self.lane.put(run, lambda: self.acked.append(run.next_offset))

    async def leave(self) -> None:
        self.lane.leave()
        await asyncio.wait_for(self.task, 10)


def hold(parts: Stores, generation: int) -> Held:
    source = Tape()
    lane = PartitionWorker(0, generation, source, parts)
    return Held(lane, source, asyncio.create_task(lane.work()))


async def until(look: Callable[[], object], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not look():
            await asyncio.sleep(0.01)


def run_of(*until_ms: int, after: int = 0) -> RecordBatch:
    beats = [heartbeat(until_ms=ms) for ms in until_ms]
    return RecordBatch(
        0,
        after,
        [Rec(after + n, person_key(b.tenant_id, b.user_id).encode(), encode(b)) for n, b in enumerate(beats)],
    )


async def test_a_zombie_is_refused_and_tells_nothing(world: World) -> None:
    async with parts_of(world) as parts:
        zombie = hold(parts, generation=1)
        await until(lambda: zombie.lane.told == 0)
        owner = hold(parts, generation=2)
        await until(lambda: owner.lane.told == 0)
        await zombie.put(run_of(10_000))
        await until(lambda: zombie.lane.patience.waiting_for is not None)
        assert "newer" in str(zombie.lane.patience.waiting_for)
        assert world.records(world.topics.states.name) == []
        assert zombie.acked == []
        await owner.put(run_of(10_000))
        await until(lambda: owner.acked == [1])
        await zombie.leave()
        await owner.leave()
    assert zombie.acked == []
    assert len(world.records(world.topics.states.name)) == 1 + 1  # the owner's state and checkpoint


async def test_a_claim_of_a_group_made_anew_holds_once_the_old_one_is_stale(world: World) -> None:
    with world.redis() as redis:
        redis.hset(applied_hash(0), mapping={"claim": 500, "claimed_at": int(redis.time()[0]) - 61})
    async with parts_of(world) as parts:
        held = hold(parts, generation=1)
        await until(lambda: held.lane.told == 0)
        await held.leave()


@dataclass
class Reluctant:
    """A publisher whose broker does not acknowledge the first so many times, though it has the records."""

    publisher: RecordPublisher
    failures: int

    async def publish(self, records: Sequence[Record]) -> None:
        await self.publisher.publish(records)
        if self.failures:
            self.failures -= 1
            raise BrokerUnavailableError("the ack was lost")


async def test_no_checkpoint_is_sent_before_its_states_are_acknowledged(world: World) -> None:
    async with parts_of(world) as parts:
        reluctant = Stores(
            parts.hot, parts.durable, Reluctant(parts.publisher, 2), parts.topics, parts.catalogue
        )
        held = hold(reluctant, generation=1)
        await until(lambda: held.lane.told == 0)
        await held.put(run_of(10_000))
        await until(lambda: held.acked == [1])
        await held.leave()
    kinds = [b"checkpoint" in (m.value() or b"")[:30] for m in world.records(world.topics.states.name)]
    assert kinds == [False, False, False, True]


async def test_a_partition_given_up_while_a_store_is_away_acknowledges_nothing(world: World) -> None:
    async with parts_of(world) as parts:
        away = Stores(
            parts.hot, parts.durable, Reluctant(parts.publisher, 1_000), parts.topics, parts.catalogue
        )
        held = hold(away, generation=1)
        await until(lambda: held.lane.told == 0)
        await held.put(run_of(10_000))
        await until(lambda: held.lane.patience.attempts > 0)
        await held.leave()
        assert held.acked == []
        successor = hold(parts, generation=2)
        await until(lambda: successor.source.asked == [0])
        await successor.put(run_of(10_000))
        await until(lambda: successor.acked == [1])
        await successor.leave()
    standing = world.applied()[0]
    assert (standing["next"], standing["applied"], standing["duplicates"]) == (1, 1, 0)


async def test_a_run_from_before_the_partition_began_anew_is_void(world: World) -> None:
    async with parts_of(world) as parts:
        held = hold(parts, generation=1)
        await until(lambda: held.lane.told == 0)
        await held.put(run_of(10_000))
        await until(lambda: held.acked == [1])
        await held.put(run_of(20_000, after=7))
        await held.put(run_of(30_000, after=1))
        await until(lambda: held.acked == [1, 2])
        await held.leave()
    assert world.applied()[0]["next"] == 2


async def test_an_older_redis_makes_the_partition_begin_where_that_stands(world: World) -> None:
    async with parts_of(world) as parts:
        held = hold(parts, generation=1)
        await until(lambda: held.lane.told == 0)
        await held.put(run_of(10_000))
        await until(lambda: held.acked == [1])
        with world.redis_as_it_is_now() as restore:
            await held.put(run_of(20_000, after=1))
            await until(lambda: held.acked == [1, 2])
            restore()
        await held.put(run_of(30_000, after=2))
        await until(lambda: held.source.asked == [0, 0])
        await held.put(run_of(10_000, 20_000, 30_000))
        await until(lambda: held.acked == [1, 2, 3])
        await held.leave()
    standing = world.applied()[0]
    assert (standing["next"], standing["applied"], standing["duplicates"]) == (3, 3, 0)
