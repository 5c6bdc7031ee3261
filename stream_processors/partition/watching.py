"""Watching a worker: what it waits for, how far behind it is, and whether it still moves.

Judging awaits nothing but the clock. What it judges by is asked elsewhere, each question in a task of its own
with a limit of time, and what was not answered lately counts as not known.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from stream_processors.errors import TransientError
from stream_processors.partition.store_probe import StoreProbe
from stream_processors.partition.watchdog import Watchdog, WorkerSnapshot
from stream_processors.partition.workers import PartitionWorkers

LOOK_SECONDS = 1.0
ASK_AGAIN_SECONDS = 3.0
STALE_SECONDS = 20.0
"""An answer older than this is none; the questions take half as long at most."""


class LogEnds(Protocol):
    """Says where the log ends."""

    def __call__(self, partitions: Iterable[int]) -> Awaitable[dict[int, int]]:
        """Raise `TransientError` where the broker does not say."""
        ...


class WorkerMonitor:
    """Looks at the lanes once a second."""

    def __init__(
        self, lanes: PartitionWorkers, ends: LogEnds, opinion: StoreProbe, *, stall_seconds: float
    ) -> None:
        self._lanes = lanes
        self._ask_ends = ends
        self._opinion = opinion
        self._watchdog = Watchdog(stall_seconds)
        self._ends: tuple[dict[int, int], float] = ({}, float("-inf"))
        self._excused: tuple[frozenset[int], float] = (frozenset(), float("-inf"))

    async def run(self, show: Callable[[WorkerSnapshot], None]) -> None:
        """Look until cancelled, and show what is seen.

        Raises:
            StalledError: the process is to exit.
        """
        asking = [asyncio.create_task(each()) for each in (self._keep_ends, self._keep_excused)]
        clock = asyncio.get_running_loop().time
        try:
            while True:
                await asyncio.sleep(LOOK_SECONDS)
                for task in asking:
                    if task.done():
                        task.result()
                sign = self._sign(clock())
                show(sign)
                self._watchdog.look(sign, clock())
        finally:
            for task in asking:
                task.cancel()

    def _sign(self, now: float) -> WorkerSnapshot:
        (ends, ends_at), (excused, excused_at) = self._ends, self._excused
        told = {lane.partition: lane.told for lane in self._lanes.all}
        is_known = now - ends_at <= STALE_SECONDS and told.keys() <= ends.keys()
        return WorkerSnapshot(
            told,
            ends if is_known else None,
            excused if now - excused_at <= STALE_SECONDS else frozenset(),
            {partition: each.told(now) for partition, each in self._lanes.waiting.items()},
        )

    async def _keep_ends(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            held = [lane.partition for lane in self._lanes.all]
            try:
                self._ends = (await self._ask_ends(held) if held else {}, clock())
            except TransientError:
                self._ends = ({}, float("-inf"))
            await asyncio.sleep(LOOK_SECONDS)

    async def _keep_excused(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            waiting = self._lanes.waiting
            self._excused = (
                await self._opinion.excused(waiting, clock()) if waiting else frozenset(),
                clock(),
            )
            await asyncio.sleep(ASK_AGAIN_SECONDS)
