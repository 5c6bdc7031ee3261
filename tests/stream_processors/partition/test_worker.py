"""A partition worker on real stores: which generation may write, and what is published when a step fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from playhead.kafka.errors import BrokerUnavailableError
from playhead.kafka.publisher import Publisher
from playhead.kafka.records import ProducerRecord
from stream_processors.partition.worker import Stores
from tests.hot import KEYS
from tests.stream_processors.harness import hold, played, stores_of, until
from tests.stream_processors.world import World

pytestmark = [pytest.mark.services, pytest.mark.anyio]


async def test_a_zombie_is_refused_and_publishes_nothing(world: World) -> None:
    async with stores_of(world) as stores:
        zombie = hold(stores)
        await zombie.located()
        owner = hold(stores, generation=2)
        await owner.located()
        await zombie.submit(played(10_000))
        await until(lambda: zombie.failing is not None)
        assert "newer" in str(zombie.failing)
        assert world.records(world.topics.states.name) == []
        assert zombie.acked == []
        await owner.submit(played(10_000))
        await until(lambda: owner.acked == [1])
        await zombie.stop()
        await owner.stop()
    assert zombie.acked == []
    assert len(world.records(world.topics.states.name)) == 1 + 1  # the owner's state and checkpoint


async def test_a_recreated_group_may_claim_once_the_old_claim_is_stale(world: World) -> None:
    with world.redis() as redis:
        redis.hset(KEYS.applied_hash(0), mapping={"claim": 500, "claimed_at": int(redis.time()[0]) - 61})
    async with stores_of(world) as stores:
        held = hold(stores)
        await held.located()
        await held.stop()


@dataclass
class AckLosingPublisher:
    """Publishes, and then fails a number of times as if the ack was lost."""

    publisher: Publisher
    failures: int

    async def publish(self, records: Sequence[ProducerRecord]) -> None:
        await self.publisher.publish(records)
        if self.failures:
            self.failures -= 1
            raise BrokerUnavailableError("the ack was lost")


async def test_no_checkpoint_is_sent_before_its_states_are_acknowledged(world: World) -> None:
    async with stores_of(world) as stores:
        reluctant = Stores(
            stores.hot,
            stores.durable,
            AckLosingPublisher(stores.publisher, 2),
            stores.topics,
            stores.catalogue,
        )
        held = hold(reluctant)
        await held.located()
        await held.submit(played(10_000))
        await until(lambda: held.acked == [1])
        await held.stop()
    kinds = [b"checkpoint" in (m.value() or b"")[:30] for m in world.records(world.topics.states.name)]
    assert kinds == [False, False, False, True]


async def test_a_partition_revoked_during_an_outage_acknowledges_nothing(world: World) -> None:
    async with stores_of(world) as stores:
        away = Stores(
            stores.hot,
            stores.durable,
            AckLosingPublisher(stores.publisher, 1_000),
            stores.topics,
            stores.catalogue,
        )
        held = hold(away)
        await held.located()
        await held.submit(played(10_000))
        await until(lambda: held.failing is not None)
        await held.stop()
        assert held.acked == []
        successor = hold(stores, generation=2)
        await until(lambda: successor.log.sought == [0])
        await successor.submit(played(10_000))
        await until(lambda: successor.acked == [1])
        await successor.stop()
    partition = world.applied()[0]
    assert (partition["next"], partition["applied"], partition["duplicates"]) == (1, 1, 0)


async def test_a_batch_from_another_position_is_void(world: World) -> None:
    async with stores_of(world) as stores:
        held = hold(stores)
        await held.located()
        await held.submit(played(10_000))
        await until(lambda: held.acked == [1])
        await held.submit(played(20_000, start=7))
        await held.submit(played(30_000, start=1))
        await until(lambda: held.acked == [1, 2])
        await held.stop()
    assert world.applied()[0]["next"] == 2


async def test_an_older_redis_makes_the_worker_locate_its_partition_again(world: World) -> None:
    async with stores_of(world) as stores:
        held = hold(stores)
        await held.located()
        await held.submit(played(10_000))
        await until(lambda: held.acked == [1])
        with world.redis_snapshot() as restore:
            await held.submit(played(20_000, start=1))
            await until(lambda: held.acked == [1, 2])
            restore()
        await held.submit(played(30_000, start=2))
        await until(lambda: held.log.sought == [0, 0])
        await held.submit(played(10_000, 20_000, 30_000))
        await until(lambda: held.acked == [1, 2, 3])
        await held.stop()
    partition = world.applied()[0]
    assert (partition["next"], partition["applied"], partition["duplicates"]) == (3, 3, 0)
