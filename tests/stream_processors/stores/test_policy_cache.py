"""The processor's catalogue on a real PostgreSQL: changes arrive, and an outage keeps what is known."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from itertools import count

import pytest

from playhead.policies import ItemPolicy
from playhead.progress import Policy
from playhead.progress.identifiers import TenantId
from playhead.progress.policy import Override
from playhead.settings import ProcessorSettings
from playhead.wire.states import State
from stream_processors.errors import PostgresUnavailableError, StoreUnreadableError
from stream_processors.stores.policy_cache import PolicyCache
from tests.services import Database
from tests.stream_processors.directory import Directory, put_item
from tests.stream_processors.harness import hold, played, stores_of, until
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.process import eventually
from tests.stream_processors.world import World

pytestmark = [pytest.mark.services, pytest.mark.anyio]

TENANT, ITEM, OTHER = heartbeat().tenant_id, heartbeat(content=1).content_id, heartbeat(content=2).content_id
EASY = Override(threshold=0.8, evidence="watched", duration_ms=400_000)


@pytest.fixture
def directory(fresh_database: Database) -> Directory:
    return Directory(fresh_database)


@pytest.fixture
def ticks() -> Iterator[int]:
    return count()


@pytest.fixture
async def catalogue(fresh_database: Database, ticks: Iterator[int]) -> AsyncIterator[PolicyCache]:
    settings = ProcessorSettings(postgres_dsn=fresh_database.writer_dsn)
    catalogue = PolicyCache(settings, lambda: float(next(ticks)))
    yield catalogue
    await catalogue.close()


def rule_of(override: Override) -> ItemPolicy:
    return ItemPolicy(Policy().under(override), override, override)


async def test_what_the_catalogue_says_is_known_and_changes_are_taken_in(
    catalogue: PolicyCache, directory: Directory
) -> None:
    directory.put_item(TENANT, ITEM, EASY)
    directory.put_item(TENANT, OTHER)
    await catalogue.ready()
    assert catalogue.policies.of(TENANT, ITEM) == rule_of(EASY)
    assert len(catalogue.policies) == 2

    directory.put_item(TENANT, ITEM, Override(threshold=0.955))
    directory.put_item(TENANT, OTHER, Override(duration_ms=1))
    await catalogue.refresh()
    assert catalogue.policies.of(TENANT, ITEM) == rule_of(Override(threshold=0.955))
    assert catalogue.policies.of(TENANT, OTHER) == rule_of(Override(duration_ms=1))

    directory.put_item(TENANT, ITEM)
    await catalogue.refresh()
    assert catalogue.policies.of(TENANT, ITEM) == ItemPolicy(Policy())
    assert catalogue.policies.is_known(TENANT, ITEM)
    assert len(catalogue.policies) == 2


async def test_many_items_of_many_tenants_are_known_apart(
    catalogue: PolicyCache, directory: Directory
) -> None:
    tenants = [TenantId(heartbeat(content=9_000 + n).content_id) for n in range(3)]
    items = [heartbeat(content=n).content_id for n in range(1, 401)]
    with directory.changing() as connection:
        for number, tenant in enumerate(tenants):
            for item in items:
                put_item(connection, tenant, item, Override(duration_ms=1_000 + number))
    await catalogue.ready()
    assert len(catalogue.policies) == 1_200
    assert [catalogue.policies.of(tenant, items[-1]).policy.duration_ms for tenant in tenants] == [
        1_000,
        1_001,
        1_002,
    ]


async def test_a_change_that_was_in_flight_during_a_look_is_seen_by_the_next(
    catalogue: PolicyCache, directory: Directory
) -> None:
    with directory.changing() as connection:
        put_item(connection, TENANT, ITEM, EASY)
        await catalogue.ready()
        directory.put_item(TENANT, OTHER, Override(threshold=0.5))
        await catalogue.refresh()
        assert catalogue.policies.of(TENANT, ITEM) == ItemPolicy(Policy())
    await catalogue.refresh()
    assert catalogue.policies.of(TENANT, ITEM) == rule_of(EASY)


async def test_what_is_known_stands_and_grows_old_while_postgres_is_away(
    catalogue: PolicyCache, directory: Directory
) -> None:
    directory.put_item(TENANT, ITEM, EASY)
    assert catalogue.age is None
    await catalogue.ready()
    young = catalogue.age
    with directory.away():
        with pytest.raises(PostgresUnavailableError):
            await catalogue.refresh()
        await catalogue.ready()  # which it was
        assert catalogue.policies.of(TENANT, ITEM) == rule_of(EASY)
        assert catalogue.age is not None
        assert young is not None
        assert catalogue.age > young
    directory.put_item(TENANT, ITEM)
    await catalogue.refresh()
    assert catalogue.policies.of(TENANT, ITEM) == ItemPolicy(Policy())


async def test_a_schema_without_a_catalogue_is_an_error_that_names_the_way_out(
    catalogue: PolicyCache, directory: Directory
) -> None:
    with directory.changing() as connection:
        connection.execute("DROP TABLE progress.content_items CASCADE")
    with pytest.raises(StoreUnreadableError, match="playhead migrate"):
        await catalogue.ready()


async def test_a_worker_waits_for_a_catalogue_that_was_never_read(world: World, directory: Directory) -> None:
    directory.put_item(TENANT, ITEM, EASY)
    async with stores_of(world) as stores:
        with directory.away():
            held = hold(stores)
            await until(lambda: held.failing)
            assert str(held.failing).startswith("catalogue: Postgres does not answer")
            assert (held.log.sought, held.worker.published) == ([], -1)
        await held.located()
        await held.submit(played(10_000))
        await until(lambda: held.acked == [1])
        await held.stop()
    states, _ = world.published()
    assert [state.override for state in states.values()] == [EASY]


async def test_a_worker_that_waits_for_the_catalogue_can_be_stopped(
    world: World, directory: Directory
) -> None:
    async with stores_of(world) as stores:
        with directory.away():
            held = hold(stores)
            await until(lambda: held.failing)
            await held.stop()
    assert held.acked == []


def test_a_change_holds_for_a_worker_at_work_and_takes_no_completion_back(
    world: World, directory: Directory
) -> None:
    with world.worker(PLAYHEAD_PROCESSOR_CATALOGUE_SECONDS="0.2") as worker:
        world.send([heartbeat(until_ms=310_000)])
        state = _next_state(world, 0)
        assert (state.override, state.summary.status) == (None, "in_progress")

        directory.put_item(TENANT, ITEM, EASY)
        eventually(lambda: "catalogue_items 1.0" in worker.answers("/metrics")[1], "the worker knows")
        world.send([heartbeat(until_ms=319_000)])
        state = _next_state(world, 1)
        assert (state.override, state.summary.duration_ms) == (EASY, 400_000)
        assert (state.summary.status, state.summary.percentage) == ("in_progress", 79)
        world.send([heartbeat(until_ms=320_000)])
        state = _next_state(world, 2)
        completed_at = state.summary.completed_at
        assert (state.summary.status, state.summary.percentage) == ("completed", 100)
        assert completed_at == heartbeat(until_ms=320_000).occurred_at

        strict = Override(threshold=1.0, duration_ms=400_000)
        directory.put_item(TENANT, ITEM, strict)
        for until_ms in range(321_000, 399_000, 1_000):
            world.send([heartbeat(until_ms=until_ms)])
            state = _next_state(world, state.source_offset)
            if state.override == strict:
                break
        assert state.override == strict
        assert (state.summary.status, state.summary.completed_at) == ("completed", completed_at)
        assert worker.answers("/readyz")[0] == 200


def _next_state(world: World, after: int) -> State:
    def look() -> State | None:
        states, _ = world.published()
        return next((state for state in states.values() if state.source_offset > after), None)

    return eventually(look, f"a state beyond {after}")


def test_postgres_away_leaves_a_worker_that_knows_the_catalogue_ready(
    world: World, directory: Directory
) -> None:
    directory.put_item(TENANT, ITEM, EASY)
    world.send([heartbeat(until_ms=10_000)])
    with world.worker(PLAYHEAD_PROCESSOR_CATALOGUE_SECONDS="0.1") as worker:
        world.settled()
        with directory.away():
            eventually(lambda: "the catalogue cannot be read" in worker.log_text, "it has noticed")
            world.send([heartbeat(until_ms=320_000)])  # of a person in Redis, who needs no Postgres
            state = _next_state(world, 1)
            assert (state.override, state.summary.status) == (EASY, "completed")
            eventually(lambda: worker.answers("/readyz")[0] == 200, "ready")
            eventually(lambda: _age(worker.answers("/metrics")[1]) > 0.5, "its age shows")
        eventually(lambda: 0 <= _age(worker.answers("/metrics")[1]) < 0.5, "it is seen again")


def _age(metrics: str) -> float:
    name = "playhead_processor_catalogue_age_seconds "
    return next(float(line.removeprefix(name)) for line in metrics.splitlines() if line.startswith(name))
