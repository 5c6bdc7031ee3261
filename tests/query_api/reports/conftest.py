from __future__ import annotations

import httpx
import pytest

from playhead.settings import QuerySettings
from tests.query_api.reports.asking import Asking
from tests.query_api.reports.organisation import Organisation, organisation
from tests.query_api.world import World


@pytest.fixture
def ours(world: World) -> Organisation:
    return organisation(world)


@pytest.fixture
def theirs(world: World) -> Organisation:
    """Another tenant, alike in all but its ids."""
    return organisation(world, "theirs")


@pytest.fixture
def ask(client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation) -> Asking:
    return Asking(client, settings, ours)
