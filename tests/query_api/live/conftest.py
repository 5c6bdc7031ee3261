from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.query_api.serving import Service, serving
from tests.query_api.world import World

REVIEW_SECONDS = 0.5


@pytest.fixture
def service(world: World, tmp_path: Path) -> Iterator[Service]:
    with serving(world.settings(query_live_review_seconds=REVIEW_SECONDS), tmp_path) as service:
        yield service
