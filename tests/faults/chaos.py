"""A schedule of faults, drawn from a seed, and how they are done to a running pipeline."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

import psutil

from tests.faults.pipeline import Part, Pipeline, until

Fault = Literal["kill", "stop", "freeze"]
"""SIGKILL, the stop signal, or SIGSTOP with a SIGCONT later; what ended is started again."""
PARTS: tuple[Part, ...] = get_args(Part)
LONGEST_FREEZE_S = 15.0
"""More than twice a session of a group, so that a frozen worker finds its partitions with another."""
LONGEST_PAUSE_S = 6.0
TWO_AT_ONCE = 0.3
STOP_SIGNALS: dict[Part, signal.Signals] = {"postgres": signal.SIGINT}
"""SIGTERM but for PostgreSQL, which would wait for its clients to leave, and they stay."""
RESTARTED_S = 150


@dataclass(frozen=True, slots=True)
class Act:
    """What is done to which parts at once, after a pause."""

    pause_s: float
    fault: Fault
    parts: tuple[Part, ...]
    freeze_s: float

    def __str__(self) -> str:
        lasting = f" for {self.freeze_s:.1f} s" if self.fault == "freeze" else ""
        return f"{self.fault} {', '.join(self.parts)}{lasting}"


def schedule(seed: int) -> Iterator[Act]:
    """Acts without end; the same ones for the same seed."""
    random = Random(seed)
    while True:
        yield Act(
            pause_s=random.uniform(0.0, LONGEST_PAUSE_S),
            fault=random.choice(get_args(Fault)),
            parts=tuple(random.sample(PARTS, 2 if random.random() < TWO_AT_ONCE else 1)),
            freeze_s=random.uniform(0.5, LONGEST_FREEZE_S),
        )


def perform(act: Act, pipeline: Pipeline) -> None:
    """Do it; returns once those that were ended have successors, and those that were frozen go on."""
    time.sleep(act.pause_s)
    before = {part: until(lambda part=part: running(pipeline, part), RESTARTED_S, part) for part in act.parts}
    if act.fault == "freeze":
        with ExitStack() as frozen:
            for part in act.parts:
                with suppress(psutil.NoSuchProcess):  # it just ended by itself
                    frozen.enter_context(pipeline.paused(part, act.freeze_s))
        return
    for part, pid in before.items():
        with suppress(ProcessLookupError):
            stop = STOP_SIGNALS.get(part, signal.SIGTERM)
            os.kill(pid, signal.SIGKILL if act.fault == "kill" else stop)
    for part, pid in before.items():
        until(lambda part=part, pid=pid: pipeline.successor(part, pid), RESTARTED_S, f"a new {part}")


def running(pipeline: Pipeline, part: Part) -> int | None:
    """The process of a part; None while it is away."""
    with suppress(KeyError):
        pid = pipeline.pid(part)
        return pid if psutil.pid_exists(pid) else None
    return None
