"""Redis and Postgres killed and frozen while people ask."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from operations.local.stores.postgres import Postgres
from operations.local.stores.redis import Redis
from operations.local.stores.store import StorePlace, StoreProcess
from playhead.progress import ContentId
from playhead.settings import MigrateSettings
from query_api.access import Person
from sinks.schema import migrate
from tests.query_api.serving import Service, listening, serving, soon
from tests.query_api.world import World, headers, new_content, new_person, watched
from tests.services import Database, reachable_directory

pytestmark = [pytest.mark.services, pytest.mark.faults, pytest.mark.anyio]

HELD_SECONDS, STORED_SECONDS = 240, 180
"""Redis is ahead of Postgres, so that an answer shows where it came from."""
HELD, STORED = 40, 30


@dataclass
class Fragile:
    """Stores of the test's own, and a service on them."""

    redis: Redis
    postgres: Postgres
    world: World
    service: Service
    client: httpx.AsyncClient
    person: Person
    content: ContentId

    async def ask(self) -> httpx.Response:
        path = f"/api/progress/{self.content}"
        return await self.client.get(path, headers=headers(self.service.settings, self.person))

    async def percentage(self) -> int:
        answer = await self.ask()
        assert answer.status_code == 200, answer.text
        return int(answer.json()["progressPercentage"])

    async def ready(self) -> tuple[int, str]:
        answer = await self.client.get("/readyz")
        return answer.status_code, answer.json()["status"]

    async def comes_back(self, percentage: int, within_seconds: float) -> None:
        deadline = time.monotonic() + within_seconds
        while (answer := await self.ask()).status_code != 200 or answer.json()[
            "progressPercentage"
        ] != percentage:
            assert time.monotonic() < deadline, answer.text
            await asyncio.sleep(0.05)  # the stores do not announce that they are back


@pytest.fixture(scope="module")
def stores() -> Iterator[tuple[Redis, Postgres]]:
    with reachable_directory() as directory:
        redis, postgres = (
            Redis(StorePlace.below(directory, "redis")),
            Postgres(StorePlace.below(directory, "postgres")),
        )
        try:
            redis.start()
            postgres.start()
            migrate(MigrateSettings(postgres_admin_dsn=postgres.dsn()))
            yield redis, postgres
        finally:
            for store in (redis, postgres):
                store.stop()


@contextmanager
def frozen(*processes: int) -> Iterator[None]:
    """Stopped in their tracks, connections open."""
    for pid in processes:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)


@pytest.fixture
async def fragile(stores: tuple[Redis, Postgres], tmp_path: Path) -> AsyncIterator[Fragile]:
    redis, postgres = stores
    redis.start()
    postgres.start()
    world = World(redis.url, Database(postgres.dsn()))
    person, content = new_person(), new_content()
    world.hold(person, {content: watched(HELD_SECONDS, session="s")})
    world.store(person, {content: watched(STORED_SECONDS, session="s")})
    settings = world.settings(
        query_redis_timeout_seconds=0.25,
        query_postgres_timeout_seconds=2.0,
        query_rate_burst=1_000_000,  # one person asks all the time
        query_tenant_rate_burst=1_000_000,
    )
    with serving(settings, tmp_path) as service:
        async with httpx.AsyncClient(base_url=service.url, timeout=30) as client:
            fragile = Fragile(redis, postgres, world, service, client, person, content)
            assert await fragile.percentage() == HELD
            yield fragile
    world.close()


async def test_redis_killed_under_traffic_causes_no_error(fragile: Fragile) -> None:
    answers: list[httpx.Response] = []
    asking = [asyncio.create_task(_keep_asking(fragile, answers)) for _ in range(8)]
    await soon(lambda: len(answers) > 50, 20, "people ask")

    fragile.redis.kill()
    await soon(lambda: _shown(answers[-8:]) == {STORED}, 10, "Postgres answers")
    assert await fragile.ready() == (200, "degraded")
    fragile.redis.start()
    await soon(lambda: _shown(answers[-8:]) == {HELD}, 10, "Redis answers again")

    for task in asking:
        task.cancel()
    assert {answer.status_code for answer in answers} == {200}
    assert await fragile.ready() == (200, "ready")


async def test_a_frozen_redis_costs_the_budget_a_few_times_and_then_nothing(fragile: Fragile) -> None:
    times: list[float] = []
    with frozen(_pid(fragile.redis)):
        for _ in range(60):
            began = time.perf_counter()
            assert await fragile.percentage() == STORED
            times.append(time.perf_counter() - began)

    budget = fragile.service.settings.query_redis_timeout_seconds
    # Three to open the breaker, then one in each second that these 60 took.
    assert sum(each >= budget for each in times) <= 3 + sum(times) + 1
    assert all(each >= budget for each in times[:3])
    await fragile.comes_back(HELD, 10)


@pytest.mark.watches_the_clock
async def test_without_postgres_redis_answers_and_what_only_postgres_knows_is_503(fragile: Fragile) -> None:
    sent = headers(fragile.service.settings, fragile.person)
    stranger = headers(fragile.service.settings, new_person())
    fragile.postgres.kill()

    assert await fragile.percentage() == HELD
    assert await fragile.ready() == (200, "degraded")
    shown = await fragile.client.get("/api/progress/continue-watching", headers=sent)
    assert (shown.status_code, shown.json()["dismissalsApplied"]) == (200, False)
    assert [item["contentId"] for item in shown.json()["items"]] == [fragile.content]
    for path, who in (
        ("/api/progress", stranger),
        (f"/api/progress/{fragile.content}", stranger),
        ("/api/progress/history", sent),
    ):
        answer = await fragile.client.get(path, headers=who)
        assert answer.status_code == 503, path
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.elapsed.total_seconds() < 4

    fragile.postgres.start()
    await soon(lambda: _is_ready(fragile), 10, "Postgres is found again")
    assert (await fragile.client.get("/api/progress", headers=stranger)).status_code == 200


@pytest.mark.watches_the_clock
async def test_a_frozen_postgres_is_503_within_the_budget_and_recovers(fragile: Fragile) -> None:
    sent = headers(fragile.service.settings, fragile.person)
    stranger = headers(fragile.service.settings, new_person())
    for _ in range(20):  # more than the pool has connections
        await fragile.client.get("/api/progress/history", headers=sent)
    with frozen(*_family(fragile.postgres)):
        began = time.monotonic()
        answers = await asyncio.gather(
            *(fragile.client.get("/api/progress", headers=stranger) for _ in range(20))
        )
        took = time.monotonic() - began
        assert await fragile.percentage() == HELD

    assert {answer.status_code for answer in answers} == {503}
    assert took < 4
    await soon(lambda: _is_ready(fragile), 20, "Postgres is found again")
    assert (await fragile.client.get("/api/progress", headers=stranger)).status_code == 200


async def test_with_both_away_it_is_503_and_either_brings_answers_back(fragile: Fragile) -> None:
    fragile.redis.kill()
    fragile.postgres.kill()

    answer = await fragile.ask()
    assert answer.status_code == 503
    assert "retry-after" in answer.headers

    fragile.redis.start()
    await fragile.comes_back(HELD, 10)


async def test_it_starts_without_either_store_and_finds_them(fragile: Fragile, tmp_path: Path) -> None:
    fragile.redis.kill()
    fragile.postgres.kill()
    other = tmp_path / "other"
    other.mkdir()
    with serving(fragile.service.settings, other) as service:
        async with httpx.AsyncClient(base_url=service.url, timeout=30) as client:
            unready = await client.get("/readyz")
            assert (unready.status_code, unready.json()["status"]) == (503, "unready")
            fragile.redis.start()
            fragile.postgres.start()
            fragile.service, fragile.client = service, client
            await fragile.comes_back(HELD, 10)
            await soon(lambda: _is_ready(fragile), 10, "both are found")


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_a_live_stream_outlives_redis(fragile: Fragile, how: str) -> None:
    person, content = fragile.person, fragile.content
    async with listening(fragile.service, headers(fragile.service.settings, person)) as stream:
        await stream.expect("snapshot")
        with _away(fragile.redis, how):
            interruption = await stream.expect("interruption")
            assert interruption["reason"]
            assert interruption["retryMilliseconds"] > 0
        await stream.expect("snapshot", 20)
        fragile.world.change(person, content, watched(300, session="s"))
        assert (await stream.expect("change"))["progress"] == 50


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_a_live_stream_begins_without_redis(fragile: Fragile, how: str) -> None:
    with ExitStack() as outage:
        outage.enter_context(_away(fragile.redis, how))
        async with listening(fragile.service, headers(fragile.service.settings, fragile.person)) as stream:
            snapshot = await stream.expect("snapshot")
            assert [item["progress"] for item in snapshot["items"]] == [STORED]
            await stream.expect("interruption")

            outage.close()
            again = await stream.expect("snapshot", 20)
            assert [item["progress"] for item in again["items"]] == [HELD]


@contextmanager
def _away(redis: Redis, how: str) -> Iterator[None]:
    if how == "frozen":
        with frozen(_pid(redis)):
            yield
        return
    redis.kill()
    yield
    redis.start()


async def _keep_asking(fragile: Fragile, answers: list[httpx.Response]) -> None:
    while True:
        answers.append(await fragile.ask())


def _shown(answers: list[httpx.Response]) -> set[int]:
    return {answer.json().get("progressPercentage", -1) for answer in answers}


def _is_ready(fragile: Fragile) -> bool:
    return httpx.get(f"{fragile.service.url}/readyz", timeout=10).status_code == 200


def _pid(store: StoreProcess) -> int:
    assert store.pid is not None
    return store.pid


def _family(store: StoreProcess) -> list[int]:
    import psutil

    process = psutil.Process(_pid(store))
    return [process.pid, *(child.pid for child in process.children(recursive=True))]
