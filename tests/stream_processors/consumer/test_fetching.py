"""Fetches wait for more records, but not for long."""

from __future__ import annotations

import re
import time

import pytest

from tests.stream_processors.heartbeats import crowd
from tests.stream_processors.process import Worker
from tests.stream_processors.world import World

pytestmark = pytest.mark.services

_BATCHES = re.compile(r"^playhead_processor_run_records_count (\d+)", re.MULTILINE)
_RATE = 200.0
_WAIT_SECONDS = 0.1


def test_records_that_come_one_by_one_are_processed_together(world: World) -> None:
    """The broker answered a fetch at its first byte: at a trickle, each record was a batch of its own."""
    with world.worker() as worker:
        world.send(crowd(10, people=1))
        world.settled()
        before, began = batches(worker), time.monotonic()
        world.send(crowd(200, people=1), rate=_RATE)
        took = time.monotonic() - began
        world.settled()
        assert before >= 1
        # Of one partition, which is fetched as often as the broker may hold a fetch back, and at the end.
        assert 1 <= batches(worker) - before <= took / _WAIT_SECONDS + 3


def batches(worker: Worker) -> int:
    found = _BATCHES.search(worker.answers("/metrics")[1])
    return 0 if found is None else int(found[1].split(".")[0])
