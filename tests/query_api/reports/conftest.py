from __future__ import annotations

import httpx
import pytest

from playhead.settings import QuerySettings
from tests.query_api.reports.asking import Asking
from tests.query_api.reports.organisation import Organisation


@pytest.fixture
def ask(client: httpx.AsyncClient, settings: QuerySettings, ours: Organisation) -> Asking:
    return Asking(client, settings, ours)
