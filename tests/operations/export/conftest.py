from __future__ import annotations

from collections.abc import Iterator

import pytest

from playhead.settings import QuerySettings
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
