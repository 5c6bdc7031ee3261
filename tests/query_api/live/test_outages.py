"""A team's stream while Redis and Postgres come and go."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from operations.local.stores.postgres import Postgres
from operations.local.stores.redis import Redis
from operations.local.stores.store import StorePlace
from playhead.settings import MigrateSettings
from sinks.schema import migrate
from tests.query_api.live.conftest import REVIEW_SECONDS
from tests.query_api.live.directory import enrol
from tests.query_api.reports.organisation import Organisation, names_of, organisation
from tests.query_api.serving import Service, Stream, listening, serving
from tests.query_api.world import World, headers, new_content, watched
from tests.services import Database, reachable_directory

pytestmark = [pytest.mark.services, pytest.mark.faults, pytest.mark.anyio]


@pytest.fixture
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


@pytest.fixture
def own_world(stores: tuple[Redis, Postgres]) -> Iterator[World]:
    redis, postgres = stores
    world = World(redis.url, Database(postgres.dsn()))
    yield world
    world.close()


@pytest.fixture
def service(own_world: World, tmp_path: Path) -> Iterator[Service]:
    settings = own_world.settings(
        query_live_review_seconds=REVIEW_SECONDS, query_postgres_timeout_seconds=1.0
    )
    with serving(settings, tmp_path) as service:
        yield service


async def past(stream: Stream, name: str, *others: str) -> Any:
    """The data of the next event of this name; before it there may be those others only."""
    while (event := await stream.next(30)) is not None:
        if event.name == name:
            return event.data
        assert event.name in others, event
    raise AssertionError(f"the stream ended, where {name} was expected")


async def change(stream: Stream, world: World, made: Organisation, who: str) -> None:
    """A change of one member arrives."""
    world.change(made.person(who), content := new_content(), watched(60))
    assert (await past(stream, "change", "snapshot"))["contentId"] == content


@pytest.mark.chaos
async def test_a_teams_stream_outlives_its_stores(
    service: Service, own_world: World, stores: tuple[Redis, Postgres]
) -> None:
    (redis, postgres), made = stores, organisation(own_world)
    sent = headers(service.settings, made.manager, ("manager",))
    path = f"/api/teams/{made.team('Red')}/live"
    async with listening(service, sent, path) as stream:
        await stream.expect("snapshot")

        redis.kill()
        await past(stream, "interruption", "snapshot")
        redis.start()
        snapshot = await past(stream, "snapshot", "interruption")
        assert len(snapshot["items"]) == 4
        for who in ("ada", "dan"):
            await change(stream, own_world, made, who)

        postgres.kill()
        async with httpx.AsyncClient(base_url=service.url, timeout=30) as client:
            refused = await client.get(path, headers=sent)
        assert refused.status_code == 503
        assert refused.headers["content-type"] == "application/problem+json"
        own_world.change(made.person("bob"), content := new_content(), watched(60))
        received = await past(stream, "change", "snapshot", "interruption")
        assert received["contentId"] == content

        postgres.start()
        enrol(own_world, made, "Red", made.person("flo"))
        shown: list[str] = []
        async with asyncio.timeout(60):
            while "flo" not in shown:
                snapshot = await past(stream, "snapshot", "interruption")
                shown = names_of(made, [row["userId"] for row in snapshot["items"]])
        await change(stream, own_world, made, "flo")
    assert "Traceback" not in service.log.read_text()
