"""One partition worker on the real stores, with a log of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from playhead.kafka.batches import LogRange, RecordBatch
from playhead.kafka.publisher import Publisher
from playhead.settings import ProcessorSettings
from stream_processors.partition.worker import PartitionWorker, Stores
from stream_processors.stores.durable_store import DurableStore
from stream_processors.stores.hot_store import HotStore
from stream_processors.stores.policy_cache import PolicyCache
from tests.services import PARTITIONS
from tests.stream_processors.heartbeats import heartbeat
from tests.stream_processors.machine import batch_of
from tests.stream_processors.world import World


@dataclass
class EndlessLog:
    """A log of a million records; it keeps the positions that it was read from."""

    sought: list[int] = field(default_factory=list)

    async def bounds(self, partition: int) -> LogRange:
        return LogRange("heartbeats", partition, 0, 1_000_000)

    async def partitions(self) -> int:
        return PARTITIONS

    async def committed(self, partition: int) -> int | None:
        del partition
        return None

    async def read_from(self, partition: int, offset: int) -> None:
        del partition
        self.sought.append(offset)


@asynccontextmanager
async def stores_of(world: World) -> AsyncIterator[Stores]:
    names = {name.removeprefix("PLAYHEAD_").lower(): value for name, value in world.environment.items()}
    settings = ProcessorSettings.model_validate(names)
    hot, durable = HotStore(settings), DurableStore(settings)
    catalogue = PolicyCache(settings, asyncio.get_running_loop().time)
    async with Publisher(settings, client_id="tests", ack_timeout_seconds=10) as publisher:
        yield Stores(hot, durable, publisher, world.topics, catalogue)
    await hot.close()
    await durable.close()
    await catalogue.close()


@dataclass
class Held:
    """A worker that runs, and the next offsets that it acknowledged."""

    worker: PartitionWorker
    log: EndlessLog
    task: asyncio.Task[None]
    acked: list[int] = field(default_factory=list)

    async def submit(self, batch: RecordBatch) -> None:
        await self.worker.submit(batch, lambda: self.acked.append(batch.next_offset))

    async def stop(self) -> None:
        self.worker.stop()
        await asyncio.wait_for(self.task, 10)

    async def located(self, seconds: float = 10.0) -> None:
        """Wait until the worker reads from the start of the log."""
        await until(lambda: self.worker.published == 0, seconds)

    @property
    def failing(self) -> str | None:
        """The step that fails, and its last failure."""
        failing = self.worker.retry.failing
        return None if failing is None else f"{failing.step}: {failing.reason}"


def hold(stores: Stores, generation: int = 1) -> Held:
    log = EndlessLog()
    worker = PartitionWorker(0, generation, log, stores)
    return Held(worker, log, asyncio.create_task(worker.run()))


async def until(look: Callable[[], object], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not look():
            await asyncio.sleep(0.01)


def played(*until_ms: int, start: int = 0) -> RecordBatch:
    """Heartbeats of one session that played up to each of these."""
    return batch_of(*(heartbeat(until_ms=ms) for ms in until_ms), start=start)
