"""Everything is killed, stopped and frozen at random while people watch; in the end, all invariants hold.

`make chaos` does so for ten minutes with a seed of its own; here it is a short form, whose seed is one that
uses every fault on most parts.
"""

from __future__ import annotations

import os
import time
from itertools import islice

import pytest

from tests.faults.chaos import PARTS, perform, schedule
from tests.faults.invariants import check
from tests.faults.load import Load
from tests.faults.pipeline import Pipeline, running_pipeline

SEED = int(os.environ.get("PLAYHEAD_CHAOS_SEED", "9"))
SECONDS = float(os.environ.get("PLAYHEAD_CHAOS_SECONDS", "25"))
MESSAGES_PER_SECOND = 15
"""Of each of two organisations, one of which sends five heartbeats in each: 90 heartbeats a second."""
REST_S = 240
"""For the last ones to start, to catch up, and for the log to be compared with the stores."""


def test_a_seed_gives_the_same_faults_and_leaves_no_part_out() -> None:
    first, second = (list(islice(schedule(5), 200)) for _ in range(2))
    assert first == second
    assert {part for act in first for part in act.parts} == set(PARTS)
    assert {act.fault for act in first} == {"kill", "stop", "freeze"}
    assert list(islice(schedule(6), 5)) != first[:5]


@pytest.mark.services
@pytest.mark.faults
@pytest.mark.timeout(SECONDS + 2 * REST_S)
def test_whatever_is_killed_stopped_or_frozen_the_invariants_hold_in_the_end() -> None:
    print(f"\nseed {SEED}, {SECONDS:.0f} s", flush=True)
    with running_pipeline("--brokers", "3") as pipeline:
        load = Load(pipeline, SEED, per_second=MESSAGES_PER_SECOND)
        load.start()
        try:
            _disturb(pipeline)
            load.await_more(300, REST_S)
        finally:
            load.stop()
        print(f"{len(load.acknowledged)} heartbeats were acknowledged", flush=True)
        check(pipeline, load.acknowledged, REST_S)


def _disturb(pipeline: Pipeline) -> None:
    began = time.monotonic()
    for act in schedule(SEED):
        if time.monotonic() - began > SECONDS:
            return
        perform(act, pipeline)
        print(f"{time.monotonic() - began:6.1f} s  {act}", flush=True)
