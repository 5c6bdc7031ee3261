"""Two databases, each with half of the tenants, behind one query API."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from asgi_lifespan import LifespanManager

from playhead.http.aliases import AliasReader
from playhead.settings import QuerySettings
from query_api.app import create_app
from tests.query_api.reports.organisation import Organisation, organisation
from tests.query_api.world import World, headers
from tests.services import Services, copy_of

pytestmark = [pytest.mark.services, pytest.mark.anyio]

PATHS = (
    "/api/org/progress",
    "/api/people",
    "/api/org/content",
    "/api/people?format=csv",
    "/api/directory/people",
)


@pytest.fixture
def north(services: Services, migrated_template: str, redis_url: str) -> Iterator[World]:
    with copy_of(services, migrated_template) as database:
        world = World(redis_url, database)
        yield world
        world.close()


def divided(world: World, north: World, tenant: str, directory: Path, **changes: str) -> QuerySettings:
    database = north.database
    addresses = {
        "dsn": database.writer_dsn,
        "readerDsn": database.reader_dsn,
        "adminDsn": database.admin_dsn,
    }
    file = directory / "databases.json"
    content = {"databases": {"north": addresses | changes}, "tenants": {tenant: "north"}}
    file.write_text(json.dumps(content))
    return world.settings(postgres_databases_file=file)


@asynccontextmanager
async def asking(settings: QuerySettings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        LifespanManager(app, startup_timeout=30, shutdown_timeout=30),
        httpx.AsyncClient(transport=transport, base_url="http://query") as client,
    ):
        yield client


async def answers(client: httpx.AsyncClient, settings: QuerySettings, made: Organisation) -> list[Any]:
    sent = headers(settings, made.admin, ("admin",))
    found = [await client.get(path, headers=sent) for path in PATHS]
    assert [each.status_code for each in found] == [200] * len(PATHS), [each.text for each in found]
    return [each.text for each in found]


async def test_each_tenant_reads_and_writes_its_database(world: World, north: World, tmp_path: Path) -> None:
    ours, theirs = organisation(world), organisation(north, "theirs")
    settings = divided(world, north, theirs.tenant, tmp_path)
    async with asking(world.settings()) as client:
        expected = await answers(client, settings, ours)
    async with asking(north.settings()) as client:
        expected_there = await answers(client, settings, theirs)
    async with asking(settings) as client:
        assert await answers(client, settings, ours) == expected
        assert await answers(client, settings, theirs) == expected_there
        sent = headers(settings, theirs.admin, ("admin",))
        person = {"userId": theirs.person("ada").user_id, "displayName": "Adele"}
        put = await client.put("/api/directory/people", json={"items": [person]}, headers=sent)
        assert put.status_code == 200, put.text
    names = "SELECT count(*) FROM progress.people WHERE display_name = 'Adele'"
    for each, count in ((north, 1), (world, 0)):
        with psycopg.connect(each.database.admin_dsn) as connection:
            assert connection.execute(names).fetchone() == (count,)


async def test_a_database_that_is_away_fails_its_own_tenants_alone(
    world: World, north: World, tmp_path: Path
) -> None:
    ours, theirs = organisation(world), organisation(north, "theirs")
    away = "postgresql://playhead_reader@127.0.0.1:1/playhead"
    settings = divided(world, north, theirs.tenant, tmp_path, readerDsn=away)
    async with asking(settings) as client:
        await answers(client, settings, ours)
        sent = headers(settings, theirs.admin, ("admin",))
        for path in PATHS[:2]:
            assert (await client.get(path, headers=sent)).status_code == 503, path
        ready = (await client.get("/readyz")).json()
        assert ready["status"] == "degraded"
        assert ready["postgres"].startswith("database north: ")


async def test_people_who_were_merged_are_known_of_both(world: World, north: World, tmp_path: Path) -> None:
    ours, theirs = organisation(world), organisation(north, "theirs")
    for each, made in ((world, ours), (north, theirs)):
        with psycopg.connect(each.database.admin_dsn) as connection:
            connection.execute(
                "INSERT INTO progress.aliases (tenant_id, from_user, into_user, by) "
                "VALUES (%s, %s, %s, 'test')",
                [made.tenant, made.person("ada").user_id, made.person("bob").user_id],
            )
    reader = AliasReader(divided(world, north, theirs.tenant, tmp_path).databases, "test", 60)
    await reader.start()
    for made in (ours, theirs):
        found = reader.aliases.user(made.tenant, made.person("ada").user_id)
        assert found == made.person("bob").user_id
