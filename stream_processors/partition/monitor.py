"""Monitors this process once a second: its lag, which steps fail, and whether every partition moves.

A check itself awaits nothing but the clock. The facts that it uses are asked for by tasks of their own, each
question with a time limit, and an old answer counts as none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from stream_processors.errors import TransientError
from stream_processors.partition.store_probe import StoreProbe
from stream_processors.partition.watchdog import Watchdog, WorkerSnapshot
from stream_processors.partition.workers import PartitionWorkers

CHECK_SECONDS = 1.0
PROBE_SECONDS = 3.0
STALE_SECONDS = 20.0
"""An older answer counts as none; a question takes half of this at most."""

LogEnds = Callable[[Iterable[int]], Awaitable[dict[int, int]]]
"""Returns the log ends of partitions; raises `TransientError` if the broker does not answer."""


class WorkerMonitor:
    """Checks the partition workers."""

    def __init__(
        self, workers: PartitionWorkers, ask_ends: LogEnds, probe: StoreProbe, *, stall_seconds: float
    ) -> None:
        self._workers = workers
        self._ask_ends = ask_ends
        self._probe = probe
        self._watchdog = Watchdog(stall_seconds)
        self._ends: tuple[dict[int, int], float] = ({}, float("-inf"))
        self._excused: tuple[frozenset[int], float] = (frozenset(), float("-inf"))

    async def run(self, show: Callable[[WorkerSnapshot], None]) -> None:
        """Check until cancelled, and pass each snapshot to `show`.

        Raises:
            StalledError: the process must exit.
        """
        asking = [asyncio.create_task(each()) for each in (self._keep_ends, self._keep_excused)]
        clock = asyncio.get_running_loop().time
        try:
            while True:
                await asyncio.sleep(CHECK_SECONDS)
                for task in asking:
                    if task.done():
                        task.result()
                snapshot = self._snapshot(clock())
                show(snapshot)
                self._watchdog.check(snapshot, clock())
        finally:
            for task in asking:
                task.cancel()

    def _snapshot(self, now: float) -> WorkerSnapshot:
        (ends, ends_at), (excused, excused_at) = self._ends, self._excused
        published = {worker.partition: worker.published for worker in self._workers.all}
        is_known = now - ends_at <= STALE_SECONDS and published.keys() <= ends.keys()
        return WorkerSnapshot(
            published,
            ends if is_known else None,
            excused if now - excused_at <= STALE_SECONDS else frozenset(),
            {partition: each.describe(now) for partition, each in self._workers.failing.items()},
        )

    async def _keep_ends(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            held = [worker.partition for worker in self._workers.all]
            try:
                self._ends = (await self._ask_ends(held) if held else {}, clock())
            except TransientError:
                self._ends = ({}, float("-inf"))
            await asyncio.sleep(CHECK_SECONDS)

    async def _keep_excused(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            failing = self._workers.failing
            excused = await self._probe.excused(failing, clock()) if failing else frozenset()
            self._excused = (excused, clock())
            await asyncio.sleep(PROBE_SECONDS)
