"""The query API's copies of the catalogue: refreshed soon, and hardly ever waited for."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest

from playhead.policies import TenantPolicies
from playhead.progress import ContentId, Policy
from playhead.progress.identifiers import TenantId
from playhead.progress.policy import Override
from playhead.settings import ByTenant, QuerySettings
from query_api.postgres import Database
from query_api.progress import catalogue as module
from query_api.progress.catalogue import AGAIN_SECONDS, FRESH_SECONDS, STALE_SECONDS, CatalogueCopies
from tests.query_api.world import World, headers, new_content, new_person, watched
from tests.services import Database as Place
from tests.stream_processors.directory import Directory, put_item

pytestmark = [pytest.mark.services, pytest.mark.anyio]

DEFAULT = Policy(threshold=0.7)
EASY = Override(threshold=0.5, duration_ms=60_000)


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Known:
    """A catalogue, its clock, and what administrators do to it."""

    catalogue: CatalogueCopies
    clock: Clock
    directory: Directory
    tenant: TenantId
    item: ContentId

    def change(self, override: Override = Override()) -> None:
        self.directory.put_item(self.tenant, self.item, override)

    def policy(self) -> Policy:
        """At this moment; asking may make it look."""
        return self.catalogue.cached(self.tenant).of(self.item).policy

    async def eventually(self, policy: Policy) -> None:
        async with asyncio.timeout(10):
            while self.policy() != policy:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def knowing(dsn: str) -> AsyncIterator[tuple[CatalogueCopies, Clock]]:
    database, clock = Database(ByTenant.only(dsn), 2, 2.0), Clock()
    await database.open()
    catalogue = CatalogueCopies(database, DEFAULT, clock)
    yield catalogue, clock
    await catalogue.close()
    await database.close()


@pytest.fixture
async def known(fresh_database: Place, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Known]:
    # A read takes milliseconds; a busy machine may make it longer than a request is made to wait.
    monkeypatch.setattr(module, "WAIT_SECONDS", 10.0)
    async with knowing(fresh_database.reader_dsn) as (catalogue, clock):
        yield Known(catalogue, clock, Directory(fresh_database), new_person().tenant_id, new_content())


async def test_the_first_question_waits_until_the_tenant_is_known(known: Known) -> None:
    known.change(EASY)
    policies = await known.catalogue.policies(known.tenant)
    assert policies.of(known.item).policy == DEFAULT.under(EASY)
    assert policies.of(new_content()).policy == DEFAULT


async def test_what_is_cached_is_given_at_once_and_looked_up_beside(known: Known) -> None:
    known.change(EASY)
    assert known.policy() == DEFAULT
    await known.eventually(DEFAULT.under(EASY))


async def test_no_tenants_items_are_anothers(known: Known) -> None:
    known.directory.put_item(new_person().tenant_id, known.item, EASY)
    assert (await known.catalogue.policies(known.tenant)).of(known.item).policy == DEFAULT


async def test_a_change_is_known_once_what_was_known_is_not_fresh(known: Known) -> None:
    known.change(EASY)
    await known.catalogue.policies(known.tenant)
    known.change(Override(evidence="watched"))
    known.clock.now += FRESH_SECONDS - 1
    assert known.policy() == DEFAULT.under(EASY)
    known.clock.now += 1
    assert known.policy() == DEFAULT.under(EASY)  # at once; and looks
    await known.eventually(DEFAULT.under(Override(evidence="watched")))

    known.change()
    known.clock.now += FRESH_SECONDS
    await known.eventually(DEFAULT)
    assert len(known.catalogue.cached(known.tenant)) == 0


async def test_a_copy_of_a_minute_is_waited_for(known: Known) -> None:
    await known.catalogue.policies(known.tenant)
    known.change(EASY)
    known.clock.now += STALE_SECONDS
    assert (await known.catalogue.policies(known.tenant)).of(known.item).policy == DEFAULT.under(EASY)


async def test_a_change_in_flight_while_it_looked_is_seen_by_the_next_look(known: Known) -> None:
    with known.directory.changing() as connection:
        put_item(connection, known.tenant, known.item, EASY)
        await known.catalogue.policies(known.tenant)
    known.clock.now += STALE_SECONDS
    assert (await known.catalogue.policies(known.tenant)).of(known.item).policy == DEFAULT.under(EASY)


async def test_a_catalogue_of_many_pages_is_known_to_its_end(
    known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 10)
    items = [new_content() for _ in range(41)]
    with known.directory.changing() as connection:
        for number, item in enumerate(items):
            put_item(connection, known.tenant, item, Override(duration_ms=number + 1))
    policies = known.catalogue.cached(known.tenant)
    async with asyncio.timeout(10):
        while len(policies) < len(items):
            await asyncio.sleep(0.01)
    assert [policies.of(item).policy.duration_ms for item in items] == list(range(1, 42))


async def test_what_is_known_stands_while_postgres_is_away(known: Known) -> None:
    known.change(EASY)
    await known.catalogue.policies(known.tenant)
    stranger = new_person().tenant_id
    with known.directory.away():
        known.clock.now += STALE_SECONDS
        for tenant in (known.tenant, stranger):
            failed = module.CATALOGUE_READS.labels("failed")
            before = failed._value.get()
            known.catalogue.cached(tenant)
            async with asyncio.timeout(10):
                while failed._value.get() == before:
                    await asyncio.sleep(0.01)
        assert (await known.catalogue.policies(known.tenant)).of(known.item).policy == DEFAULT.under(EASY)
        assert (await known.catalogue.policies(stranger)).of(known.item).policy == DEFAULT
    known.change()
    async with asyncio.timeout(60):
        while known.policy() != DEFAULT:
            known.clock.now += AGAIN_SECONDS  # a look before the pool has connected again fails too
            await asyncio.sleep(0.01)


@pytest.mark.watches_the_clock
async def test_a_frozen_postgres_delays_no_request_for_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as frozen:  # connects, and never says a word
        dsn = f"postgresql://playhead_reader@127.0.0.1:{frozen.getsockname()[1]}/playhead?connect_timeout=3"
        async with knowing(dsn) as (catalogue, _):
            began = time.monotonic()
            assert (await catalogue.policies(new_person().tenant_id)).of(new_content()).policy == DEFAULT
            assert time.monotonic() - began < 1.5


async def test_the_copies_of_unused_tenants_are_dropped(
    known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TENANTS", 2)
    known.change(EASY)
    first = await known.catalogue.policies(known.tenant)
    others = [new_person().tenant_id for _ in range(2)]
    await known.catalogue.policies(others[0])
    assert known.catalogue.cached(known.tenant) is first
    await known.catalogue.policies(others[1])
    assert known.catalogue.cached(known.tenant) is first  # asked for more lately than the other
    assert (await known.catalogue.policies(others[0])) is not None
    await known.catalogue.policies(others[1])
    assert (await known.catalogue.policies(known.tenant)) is not first
    assert known.policy() == DEFAULT.under(EASY)


async def test_many_items_drop_the_copies_of_unused_tenants(
    known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ITEMS", 1)
    known.change(EASY)
    other = new_person().tenant_id
    known.directory.put_item(other, known.item, EASY)
    first: TenantPolicies = await known.catalogue.policies(known.tenant)
    await known.catalogue.policies(other)
    assert await known.catalogue.policies(known.tenant) is not first


async def test_every_view_goes_by_the_catalogue(
    client: httpx.AsyncClient, world: World, settings: QuerySettings
) -> None:
    person, easy, plain = new_person(), new_content(), new_content()
    world.hold(person, {easy: watched(55), plain: watched(55)})
    world.store(person, {easy: watched(55)})
    Directory(world.database).put_item(person.tenant_id, easy, EASY)

    async def get(path: str) -> dict[str, object]:
        answer = await client.get(f"/api/progress{path}", headers=headers(settings, person))
        assert answer.status_code == 200, answer.text
        body: dict[str, object] = answer.json()
        return body

    one = await get(f"/{easy}")
    assert (one["status"], one["progressPercentage"]) == ("completed", 100)
    everything = await get("")
    assert _by_item(everything, "status") == {easy: "completed", plain: "in_progress"}
    assert _by_item(everything, "durationSeconds") == {easy: 60.0, plain: 600.0}
    assert list(_by_item(await get("/continue-watching"), "status")) == [plain]
    assert _by_item(await get("/history"), "watchedSegments") == {easy: [[0.0, 55.0]]}


def _by_item(body: dict[str, object], field: str) -> dict[object, object]:
    items = body["items"]
    assert isinstance(items, list)
    return {item["contentId"]: item[field] for item in items}
