"""From 4 to 8 partitions while people watch; the command is killed at each of its steps and run again."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator

import pytest

from playhead.wire.heartbeats import decode_heartbeat
from playhead.wire.topics import Topics
from tests.faults.invariants import check, records
from tests.faults.load import under_load
from tests.faults.pipeline import PARTITIONS, Pipeline, running_pipeline

pytestmark = [pytest.mark.services, pytest.mark.faults, pytest.mark.chaos, pytest.mark.timeout(600)]

STEPS = ("saves are refused", "waiting until everything", "adding", "moving", "saves go on")


@pytest.fixture
def pipeline() -> Iterator[Pipeline]:
    with running_pipeline() as running:
        yield running


def test_it_is_killed_at_each_step_and_completed_and_nothing_is_lost_or_out_of_order(
    pipeline: Pipeline,
) -> None:
    with under_load(pipeline, seed=17) as load:
        for step in STEPS:
            kill_at(pipeline, step)
        said = pipeline.command(*COMMAND)
        assert f"Each topic has {PARTITIONS * 2} partitions" in said
        load.await_more(500)
    pipeline.settings = pipeline.settings.model_copy(update={"kafka_partitions": PARTITIONS * 2})
    check(pipeline, load.acknowledged, healed_s=120)
    require_order(pipeline)


COMMAND = ("repartition", "--partitions", str(PARTITIONS * 2), "--yes")


def kill_at(pipeline: Pipeline, step: str) -> None:
    """Run the command, and kill it when it says that it begins this step."""
    command = (sys.executable, "-m", "operations", *COMMAND, "--data-dir", str(pipeline.directory))
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as run:
        assert run.stderr is not None
        said = []
        for line in run.stderr:
            said.append(line)
            if line.startswith(step):
                run.kill()
                break
        assert run.wait(60) == -9, said


def require_order(pipeline: Pipeline) -> None:
    """Each person's heartbeats in the higher partition were all received after those in the lower one."""
    received: defaultdict[bytes, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for partition, key, value in records(pipeline, Topics.named().heartbeats.name):
        received[key][partition].append(decode_heartbeat(value).received_at)
    moved = {key: each for key, each in received.items() if len(each) > 1}
    assert moved
    for key, each in moved.items():
        lower, higher = sorted(each)
        assert higher == lower + PARTITIONS, key
        assert max(each[lower]) <= min(each[higher]), key
