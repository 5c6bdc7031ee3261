"""Processor time of a heartbeat with one and with two processes of a stage: `python -m benchmarks.scaling`.

The whole pipeline as `playhead up` runs it takes the same heartbeats at the same rate, in turns: with one
processor and one sink, with a second processor beside the first, and with a second sink. Partitions are
shared, so each of two fetches, applies and writes smaller batches, and that is what a second one costs.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from benchmarks.cpu import cpu_seconds
from benchmarks.figures import figure, medians
from benchmarks.harness import await_ready, process
from benchmarks.http_load import open_loop
from benchmarks.http_requests import BATCH, Players
from benchmarks.pipeline import Pipeline, running
from operations.local import ports

STAGES = {"processor": "process", "sink": "sink"}
"""A service, and the command that runs it."""
ONE = "one of each"
WARM_ROUNDS = 3
"""Of load before anything is measured: everybody is known, and the stores' code and caches are warm."""
SETTLE_SECONDS = 2.0
"""Of load that is not measured, after partitions moved."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    people: int
    repeats: int
    seconds: float
    requests_per_second: int
    """Of ten heartbeats each."""


FULL = Size(2_000, 6, 8.0, 200)
QUICK = Size(200, 1, 1.0, 50)


def run(*, quick: bool = False) -> dict[str, Any]:
    """Processor time in µs per heartbeat, and its ratio to one of each, round by round."""
    size = QUICK if quick else FULL
    rounds: dict[str, list[dict[str, float]]] = {ONE: [], **{_two(stage): [] for stage in STAGES}}
    with running() as pipeline:
        players = Players(size.people, 0)
        for _ in range(WARM_ROUNDS):
            _spend(pipeline, players, size, size.seconds, {})
        for number in range(size.repeats):
            # there and back: what still gets faster, as a young Java does, favours none
            for stage in (None, *STAGES)[:: -1 if number % 2 else 1]:
                name = ONE if stage is None else _two(stage)
                rounds[name].append(_measured(pipeline, players, size, stage))
    return {
        "repeats": size.repeats,
        "seconds": size.seconds,
        "heartbeats_per_second": size.requests_per_second * BATCH,
        "cpu_us_per_heartbeat": {name: medians(each) for name, each in rounds.items()},
        "ratio_to_one": {
            f"{_two(stage)}, {part}": _ratio(rounds[_two(stage)], rounds[ONE], part)
            for stage in STAGES
            for part in ("everything", stage)
        },
    }


def _two(stage: str) -> str:
    return f"two {stage}s"


def _ratio(two: list[dict[str, float]], one: list[dict[str, float]], part: str) -> dict[str, float]:
    return figure([with_two[part] / alone[part] for with_two, alone in zip(two, one, strict=True)], digits=2)


def _measured(pipeline: Pipeline, players: Players, size: Size, stage: str | None) -> dict[str, float]:
    with contextlib.ExitStack() as running:
        second = {} if stage is None else {stage: running.enter_context(_second(pipeline, stage))}
        _spend(pipeline, players, size, SETTLE_SECONDS, second)
        return _spend(pipeline, players, size, size.seconds, second)


def _spend(
    pipeline: Pipeline, players: Players, size: Size, seconds: float, second: dict[str, int]
) -> dict[str, float]:
    """The processor time of each part for a heartbeat, in µs; the second process counts to its part."""
    requests = players.batches(int(size.requests_per_second * seconds))
    before = _cpu(pipeline, second)
    outcome = open_loop(pipeline.address("ingest"), requests, rate=size.requests_per_second, seconds=seconds)
    if set(outcome.statuses) != {httpx.codes.ACCEPTED}:
        raise RuntimeError(f"not every request was saved: {dict(outcome.statuses)}")
    pipeline.await_through()
    after = _cpu(pipeline, second)
    heartbeats = outcome.statuses.total() * BATCH
    return {part: (after[part] - before[part]) / heartbeats * 1e6 for part in before}


def _cpu(pipeline: Pipeline, second: dict[str, int]) -> dict[str, float]:
    spent = pipeline.cpu_seconds()
    del spent["load generator"]
    for stage, pid in second.items():
        spent[stage] += cpu_seconds(pid)
    return {**spent, "everything": sum(spent.values())}


@contextlib.contextmanager
def _second(pipeline: Pipeline, stage: str) -> Iterator[int]:
    """Run a second process of a stage; it has its partitions when it is ready."""
    port = ports.choose()
    environment = {
        **pipeline.environment,
        f"PLAYHEAD_{stage.upper()}_PORT": str(port),
        "PLAYHEAD_LOG_LEVEL": "warning",
    }
    log = pipeline.logs / f"second-{stage}.log"
    with process(["-m", "operations", STAGES[stage]], environment, log) as started:
        await_ready(started, port)
        yield started.pid


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), indent=2))
