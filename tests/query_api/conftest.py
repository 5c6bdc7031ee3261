from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from asgi_lifespan import LifespanManager

from playhead.settings import QuerySettings
from query_api.app import create_app
from tests.query_api.reports.organisation import Organisation, organisation
from tests.query_api.world import World
from tests.services import Database


@pytest.fixture
def world(redis_url: str, fresh_database: Database) -> Iterator[World]:
    world = World(redis_url, fresh_database)
    yield world
    world.close()


@pytest.fixture
def ours(world: World) -> Organisation:
    return organisation(world)


@pytest.fixture
def theirs(world: World) -> Organisation:
    """Another tenant, alike in all but its ids."""
    return organisation(world, "theirs")


@pytest.fixture
def settings(world: World) -> QuerySettings:
    return world.settings()


@pytest.fixture
async def client(settings: QuerySettings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings)
    async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30), _client(app) as client:
        yield client


def _client(app: object) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://query")
