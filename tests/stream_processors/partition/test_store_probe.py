from __future__ import annotations

import asyncio

import pytest

from operations.local import ports
from playhead.settings import ProcessorSettings
from stream_processors.errors import Dependency
from stream_processors.partition.retry import FailingStep
from stream_processors.partition.store_probe import StoreProbe
from stream_processors.stores.hot_store import CLAIM_HOLDS_SECONDS
from tests.stream_processors.world import World

pytestmark = [pytest.mark.services, pytest.mark.anyio]

NOW = 1_000.0


def probe_of(world: World, **instead: str) -> StoreProbe:
    names = {name.removeprefix("PLAYHEAD_").lower(): value for name, value in world.environment.items()}
    return StoreProbe(ProcessorSettings.model_validate(names | instead))


def waits_for(store: Dependency, seconds: float = 1.0) -> FailingStep:
    return FailingStep("step", "reason", store, NOW - seconds)


STORES: tuple[Dependency, ...] = ("Redis", "Postgres", "Kafka")


@pytest.mark.parametrize("store", STORES)
async def test_a_store_that_answers_others_excuses_no_partition(world: World, store: Dependency) -> None:
    assert await probe_of(world).excused({3: waits_for(store)}, NOW) == frozenset()


@pytest.mark.parametrize(
    ("store", "setting", "address"),
    [
        ("Redis", "redis_url", "redis://127.0.0.1:{}/0"),
        ("Postgres", "postgres_dsn", "postgresql://playhead_writer@127.0.0.1:{}/playhead"),
        ("Kafka", "kafka_servers", "127.0.0.1:{}"),
    ],
)
async def test_a_store_that_answers_no_client_excuses_the_partitions_that_wait_for_it(
    world: World, store: Dependency, setting: str, address: str
) -> None:
    probe = probe_of(world, **{setting: address.format(ports.choose())})
    others = {n: waits_for(other) for n, other in enumerate(STORES) if other != store}
    assert await probe.excused({7: waits_for(store)} | others, NOW) == {7}


async def test_a_store_that_accepts_and_never_answers_does_not_block_the_probe(world: World) -> None:
    async def keep_silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        silent.append(writer)

    silent: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(keep_silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    probe = probe_of(
        world,
        redis_url=f"redis://127.0.0.1:{port}/0",
        postgres_dsn=f"postgresql://playhead_writer@127.0.0.1:{port}/playhead",
    )
    async with asyncio.timeout(60):
        assert await probe.excused({1: waits_for("Redis"), 2: waits_for("Postgres")}, NOW) == {1, 2}
    server.close()
    for writer in silent:
        writer.close()


async def test_a_redis_that_takes_no_writes_is_unavailable(world: World) -> None:
    with world.redis() as redis:
        redis.config_set("maxmemory", 1)
        try:
            assert await probe_of(world).excused({3: waits_for("Redis")}, NOW) == {3}
        finally:
            redis.config_set("maxmemory", 0)


async def test_a_stores_own_answer_excuses_and_a_claim_as_long_as_it_holds(world: World) -> None:
    waiting = {
        1: waits_for("itself", 10_000),
        2: waits_for("group", CLAIM_HOLDS_SECONDS),
        3: waits_for("group", CLAIM_HOLDS_SECONDS + 1),
    }
    assert await probe_of(world).excused(waiting, NOW) == {1, 2}
