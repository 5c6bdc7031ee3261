from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.pipeline import Pipeline, running_pipeline
from tests.figures.life import Life


@pytest.fixture(scope="session")
def pipeline() -> Iterator[Pipeline]:
    """All of Playhead, shared by the tests of a worker: each has a tenant of its own in it."""
    with running_pipeline(environment={"PLAYHEAD_ALIAS_REFRESH_SECONDS": "1"}) as running:
        yield running


@pytest.fixture
def life(pipeline: Pipeline) -> Iterator[Life]:
    made = Life(pipeline.url)
    yield made
    made.close()
