"""Processor time of a heartbeat at a trickle and at saturation: `python -m benchmarks.trickle`.

The whole pipeline as `playhead up` runs it. Below saturation, batches are small and timers, polls and waits
weigh more; what the pipeline spends with nothing to do is measured as well, since a trickle pays for it.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from typing import Any

import httpx

from benchmarks.http_load import Outcome, closed_loop, open_loop
from benchmarks.http_requests import Players
from benchmarks.pipeline import Pipeline, running

RATE = 300
"""Heartbeats a second: 3,000 players."""
CONNECTIONS = 64
WARM_SECONDS = 10.0
"""Of saturation before anything is measured: a young Java gets faster for a while."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    people: int
    seconds: float
    saturated_rate: int
    """More requests a second than the machine can do: none is sent twice."""


FULL = Size(3_000, 20.0, 10_000)
QUICK = Size(300, 1.0, 10_000)


def run(*, quick: bool = False) -> dict[str, Any]:
    """Processor time by part: µs of a heartbeat, and per cent of a core with nothing to do."""
    size = QUICK if quick else FULL
    with running() as pipeline:
        players = Players(size.people, 0)
        _saturate(pipeline, players, size, 1.0 if quick else WARM_SECONDS)
        idle = _idle(pipeline, size.seconds)
        saturated = _saturate(pipeline, players, size, size.seconds / 2)
        trickle = _trickle(pipeline, players, size.seconds)
    return {
        "heartbeats_per_second": RATE,
        "idle_percent_of_a_core": idle,
        "cpu_us_per_heartbeat": {"saturated": saturated, "trickle": trickle},
        "trickle_to_saturated": round(trickle["everything"] / saturated["everything"], 2),
    }


def _idle(pipeline: Pipeline, seconds: float) -> dict[str, float]:
    before = _cpu(pipeline)
    time.sleep(seconds)
    return {part: round((spent - before[part]) / seconds * 100, 1) for part, spent in _cpu(pipeline).items()}


def _saturate(pipeline: Pipeline, players: Players, size: Size, seconds: float) -> dict[str, float]:
    requests = players.singles(int(size.saturated_rate * seconds))
    before = _cpu(pipeline)
    outcome = closed_loop(pipeline.address("ingest"), requests, connections=CONNECTIONS, seconds=seconds)
    return _per_heartbeat(pipeline, before, outcome)


def _trickle(pipeline: Pipeline, players: Players, seconds: float) -> dict[str, float]:
    requests = players.singles(int(RATE * seconds))
    before = _cpu(pipeline)
    outcome = open_loop(pipeline.address("ingest"), requests, rate=RATE, seconds=seconds)
    return _per_heartbeat(pipeline, before, outcome)


def _per_heartbeat(pipeline: Pipeline, before: dict[str, float], outcome: Outcome) -> dict[str, float]:
    if set(outcome.statuses) != {httpx.codes.ACCEPTED}:
        raise RuntimeError(f"not every request was saved: {dict(outcome.statuses)}")
    pipeline.await_through()
    saved = outcome.statuses.total()
    return {part: round((spent - before[part]) / saved * 1e6, 1) for part, spent in _cpu(pipeline).items()}


def _cpu(pipeline: Pipeline) -> dict[str, float]:
    spent = pipeline.cpu_seconds()
    del spent["load generator"]
    return {**spent, "everything": sum(spent.values())}


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=2))
