"""All lanes of a worker: opened when an assignment is settled, closed when it ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from playhead.kafka.batches import RecordBatch
from stream_processors import metrics
from stream_processors.partition.retry import FailingStep
from stream_processors.partition.worker import STOP_SECONDS, PartitionWorker

_log = logging.getLogger(__name__)


class PartitionWorkers:
    """The lanes of the partitions that this worker holds, each a task."""

    def __init__(
        self, make: Callable[[int, int], PartitionWorker], fail: Callable[[BaseException], None]
    ) -> None:
        self._make = make
        self._fail = fail
        self._lanes: dict[int, PartitionWorker] = {}
        self._tasks: dict[asyncio.Task[None], PartitionWorker] = {}

    @property
    def all(self) -> tuple[PartitionWorker, ...]:
        """The lanes, by partition."""
        return tuple(self._lanes.values())

    @property
    def waiting(self) -> dict[int, FailingStep]:
        """The partitions that do not go on, and what each is waiting for."""
        return {
            lane.partition: waiting for lane in self.all if (waiting := lane.patience.waiting) is not None
        }

    async def open(self, partitions: Iterable[int], generation: int) -> None:
        """Begin a lane for each partition; `generation` is the consumer group's."""
        await self.close()
        self._lanes = {partition: self._make(partition, generation) for partition in partitions}
        metrics.REBALANCES.inc()
        metrics.PARTITIONS.set(len(self._lanes))
        for lane in self.all:
            task = asyncio.create_task(lane.work(), name=f"lane-{lane.partition}")
            self._tasks[task] = lane
            task.add_done_callback(self._ended)

    def has_room(self, partition: int) -> bool:
        """Whether the partition's lane is ready for another run."""
        lane = self._lanes.get(partition)
        return lane is not None and lane.has_room

    async def put(self, run: RecordBatch, acknowledge: Callable[[], object]) -> None:
        """Give a run to its partition's lane; one that is closed by now takes nothing."""
        lane = self._lanes.get(run.partition)
        if lane is not None:
            await lane.put(run, acknowledge)

    async def close(self) -> None:
        """End all lanes: each finishes the run at hand, or is stopped in it when that takes too long."""
        tasks = dict(self._tasks)
        for lane in tasks.values():
            lane.leave()
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
        for task in late:
            _log.warning("partition %d is given up in the middle of a run", tasks[task].partition)
            task.cancel()
        if late:
            await asyncio.wait(late)
        self._lanes = {}
        metrics.PARTITIONS.set(0)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)
