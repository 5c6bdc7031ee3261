"""A second ingest, processor and sink join the whole pipeline, leave it and die, while people watch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from playhead.settings import ProcessorSettings, SinkSettings
from tests.faults.invariants import check
from tests.faults.load import under_load
from tests.faults.pauses import pauses
from tests.faults.pipeline import Pipeline, running_pipeline
from tests.faults.second import second

pytestmark = [pytest.mark.services, pytest.mark.faults]

BUSY_S = 8
"""For a machine that runs everything: a rebalance takes less than one second on a quiet one."""


@pytest.fixture(scope="module")
def pipeline() -> Iterator[Pipeline]:
    with running_pipeline() as running:
        yield running


def session_s() -> float:
    """After it, the group knows that a member is dead."""
    fields = ProcessorSettings.model_fields, SinkSettings.model_fields
    names = "processor_session_timeout_seconds", "sink_session_timeout_seconds"
    return max(float(found[name].default) for found, name in zip(fields, names, strict=True))


@pytest.mark.watches_the_clock
@pytest.mark.chaos
def test_they_join_leave_and_die_and_no_partition_stands_still_for_longer_than_a_session(
    pipeline: Pipeline,
) -> None:
    with ExitStack() as running, second(pipeline, "ingest") as ingest:
        load = running.enter_context(under_load(pipeline, seed=41, other_url=ingest.url))
        watched = running.enter_context(pauses(pipeline))
        with second(pipeline, "processor") as processor, second(pipeline, "sink") as sink:
            load.await_more(500)
            processor.leave()
            load.await_more(300)
            sink.leave()
            load.await_more(300)
        with second(pipeline, "processor") as processor, second(pipeline, "sink") as sink:
            load.await_more(500)
            processor.kill()
            load.await_more(800)
            sink.kill()
            load.await_more(800)
    check(pipeline, load.acknowledged)
    slowest = max(watched.longest.items(), key=lambda each: each[1])
    assert slowest[1] < session_s() + BUSY_S, slowest
