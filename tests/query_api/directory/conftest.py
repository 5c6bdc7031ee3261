from __future__ import annotations

import httpx
import pytest

from playhead.settings import QuerySettings
from tests.query_api.directory.desk import Desk
from tests.query_api.world import World


@pytest.fixture
def desk(client: httpx.AsyncClient, settings: QuerySettings, world: World) -> Desk:
    """Of an administrator in a tenant of their own."""
    return Desk(client, settings, world)
