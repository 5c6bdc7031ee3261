from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.pipeline import Pipeline
from tests.figures.life import Life
from tests.services import reachable_directory


@pytest.fixture(scope="session")
def pipeline() -> Iterator[Pipeline]:
    """All of Playhead, shared by the tests of a worker: each has a tenant of its own in it."""
    with reachable_directory() as directory:
        running = Pipeline(directory, environment={"PLAYHEAD_ALIAS_REFRESH_SECONDS": "1"})
        try:
            yield running
        finally:
            running.stop()


@pytest.fixture
def life(pipeline: Pipeline) -> Iterator[Life]:
    made = Life(pipeline.url)
    yield made
    made.close()
