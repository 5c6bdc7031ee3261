"""The workers of all partitions assigned to this process: started with an assignment, stopped at its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from playhead.kafka.batches import RecordBatch
from stream_processors import metrics
from stream_processors.partition.retry import FailingStep
from stream_processors.partition.worker import PartitionWorker

STOP_SECONDS = 3.0
"""For finishing the current batch when the partition is revoked: half of the group's rebalance timeout."""

_log = logging.getLogger(__name__)


class PartitionWorkers:
    """One worker and one task for each assigned partition.

    Args:
        make: Makes the worker of a partition, for a generation of the consumer group.
        fail: Called with the error of a worker that cannot go on.
    """

    def __init__(
        self, make: Callable[[int, int], PartitionWorker], fail: Callable[[BaseException], None]
    ) -> None:
        self._make = make
        self._fail = fail
        self._workers: dict[int, PartitionWorker] = {}
        self._tasks: dict[asyncio.Task[None], PartitionWorker] = {}

    @property
    def all(self) -> tuple[PartitionWorker, ...]:
        """The workers, by partition."""
        return tuple(self._workers.values())

    @property
    def failing(self) -> dict[int, FailingStep]:
        """The partitions that are held, each with the step that fails."""
        return {each.partition: each.retry.failing for each in self.all if each.retry.failing is not None}

    async def open(self, partitions: Iterable[int], generation: int) -> None:
        """Start a worker for each partition, in this generation of the consumer group."""
        await self.close()
        self._workers = {partition: self._make(partition, generation) for partition in partitions}
        metrics.REBALANCES.inc()
        metrics.PARTITIONS.set(len(self._workers))
        for worker in self.all:
            task = asyncio.create_task(worker.run(), name=f"partition-{worker.partition}")
            self._tasks[task] = worker
            task.add_done_callback(self._ended)

    def has_room(self, partition: int) -> bool:
        """Whether another batch of the partition should be fetched."""
        worker = self._workers.get(partition)
        return worker is not None and worker.has_room

    async def submit(self, batch: RecordBatch, acknowledge: Callable[[], object]) -> None:
        """Queue a batch with its partition's worker; it is dropped if that has been stopped."""
        worker = self._workers.get(batch.partition)
        if worker is not None:
            await worker.submit(batch, acknowledge)

    async def close(self) -> None:
        """Stop all workers: each finishes its current batch, or is cancelled after `STOP_SECONDS`."""
        tasks = dict(self._tasks)
        for worker in tasks.values():
            worker.stop()
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=STOP_SECONDS)
        for task in late:
            _log.warning("partition %d is given up in the middle of a batch", tasks[task].partition)
            task.cancel()
        if late:
            await asyncio.wait(late)
        self._workers = {}
        metrics.PARTITIONS.set(0)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)
