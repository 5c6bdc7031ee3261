from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
from asgi_lifespan import LifespanManager

from playhead.settings import QuerySettings
from tests.query_api.exports.tables import app_of
from tests.query_api.world import World
from tests.services import Database


@pytest.fixture
def world(redis_url: str, fresh_database: Database) -> Iterator[World]:
    world = World(redis_url, fresh_database)
    yield world
    world.close()


@pytest.fixture
def settings(world: World) -> QuerySettings:
    return world.settings()


@pytest.fixture
async def client(settings: QuerySettings) -> AsyncIterator[httpx.AsyncClient]:
    app = app_of(settings)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with (
        LifespanManager(app, startup_timeout=30, shutdown_timeout=30),
        httpx.AsyncClient(transport=transport, base_url="http://query") as client,
    ):
        yield client
