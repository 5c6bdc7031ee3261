from __future__ import annotations

import httpx
import pytest

from playhead.settings import QuerySettings
from tests.query_api.conftest import client, settings, world  # noqa: F401 - fixtures
from tests.query_api.world import World
from tests.reports.asking import Asking
from tests.reports.organisation import Organisation, organisation


@pytest.fixture
def ours(world: World) -> Organisation:  # noqa: F811 - the fixture
    return organisation(world)


@pytest.fixture
def theirs(world: World) -> Organisation:  # noqa: F811 - the fixture
    """Another tenant, alike in all but its ids."""
    return organisation(world, "theirs")


@pytest.fixture
def ask(client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation) -> Asking:  # noqa: F811 - the fixtures
    return Asking(client, settings, ours)
