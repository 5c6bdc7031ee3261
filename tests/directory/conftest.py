from __future__ import annotations

import httpx
import pytest

from playhead.settings import QuerySettings
from tests.directory.desk import Desk
from tests.query_api.conftest import client, settings, world
from tests.query_api.world import World

__all__ = ["client", "settings", "world"]


@pytest.fixture
def desk(client: httpx.AsyncClient, settings: QuerySettings, world: World) -> Desk:
    """Of an administrator in a tenant of their own."""
    return Desk(client, settings, world)
