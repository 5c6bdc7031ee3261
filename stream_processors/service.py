"""The stream processor's composition root: `run` until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from typing import cast

from playhead.causes import in_full
from playhead.http import logs
from playhead.http.health import HealthServer
from playhead.kafka.partition_counts import PartitionCountWatch
from playhead.kafka.publisher import Publisher
from playhead.metrics.build import describe_build
from playhead.metrics.calls import expect
from playhead.metrics.partitions import PartitionPlace
from playhead.settings import ProcessorSettings
from playhead.signals import stopped_by_signals
from playhead.tracing.start import start_tracer
from playhead.wire.topics import Topics
from stream_processors import metrics
from stream_processors.apply.quota import Quota
from stream_processors.consumer.application import build
from stream_processors.consumer.batch_consumer import BatchConsumer
from stream_processors.deadline import Deadline
from stream_processors.partition.monitor import WorkerMonitor
from stream_processors.partition.store_probe import StoreProbe
from stream_processors.partition.watchdog import WorkerSnapshot
from stream_processors.partition.worker import PartitionWorker, Stores
from stream_processors.partition.workers import PartitionWorkers
from stream_processors.stores.durable_store import DurableStore
from stream_processors.stores.hot_store import HotStore
from stream_processors.stores.policy_cache import PolicyCache

ACK_SECONDS = 10.0
"""For the broker's acks of a batch's states, which are published again after it."""
STOP_SECONDS = 25.0
"""For a stop in order, the publisher's last acks included; then the process is ended."""

_log = logging.getLogger(__name__)


def run(settings: ProcessorSettings) -> None:
    """Process heartbeats until SIGTERM or SIGINT.

    Raises:
        Exception: the process cannot go on, and must exit and be restarted.
    """
    logs.configure(settings)
    _tune()
    describe_build("processor")
    expect("postgres", "redis")
    with Deadline(STOP_SECONDS) as deadline:
        asyncio.run(Processor(settings, deadline).serve())


def _tune() -> None:
    """Set the interpreter up for batches of thousands of short-lived values.

    By default the garbage collector runs at every 700th of them, which costs a quarter of the time; and the
    consumer thread, which wakes for every 64 kB fetched, waits 5 ms each time for the thread that decides.
    """
    gc.set_threshold(100_000, 20, 50)
    sys.setswitchinterval(0.0005)


class Processor:
    """One member of the consumer group."""

    def __init__(self, settings: ProcessorSettings, deadline: Deadline) -> None:
        self._settings = settings
        self._deadline = deadline
        self._topics = Topics.named(settings.kafka_prefix)
        self._not_ready: str | None = "starting"

    async def serve(self) -> None:
        """Process until a signal, or until a failure that waiting does not resolve."""
        self._ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        settings = self._settings
        async with AsyncExitStack() as stack:
            agreement = PartitionCountWatch(settings)
            agreement.start()
            stack.push_async_callback(asyncio.to_thread, agreement.close)
            health = HealthServer(
                settings.processor_host,
                settings.processor_port,
                lambda: self._not_ready or agreement.disagreement,
            )
            health.start()
            stack.callback(health.close)
            hot, durable = HotStore(settings), DurableStore(settings)
            self._catalogue = PolicyCache(settings, asyncio.get_running_loop().time)
            for each in (self._catalogue, hot, durable):
                stack.push_async_callback(each.close)
            publisher = Publisher(settings, client_id="playhead-processor", ack_timeout_seconds=ACK_SECONDS)
            await stack.enter_async_context(publisher)
            self._publisher = publisher
            publisher.failed.add_done_callback(lambda failed: self._fail(failed.result()))
            tracer = start_tracer("playhead-processor")
            if tracer is not None:
                stack.push_async_callback(asyncio.to_thread, tracer.close)
            quota = Quota(settings.processor_person_unknown_items, settings.processor_person_items)
            stores = Stores(hot, durable, publisher, self._topics, self._catalogue, quota, tracer)
            workers = PartitionWorkers(
                lambda partition, generation: PartitionWorker(partition, generation, self._consumer, stores),
                self._fail,
            )
            self._app = build(settings, workers, self._fail)
            gc.freeze()  # modules stay, so the collector can skip them
            await self._work(workers)

    @property
    def _consumer(self) -> BatchConsumer:
        return cast("BatchConsumer", self._app.consumer)

    async def _work(self, workers: PartitionWorkers) -> None:
        with stopped_by_signals(self._stop):
            monitoring = asyncio.create_task(self._monitor(workers), name="watchdog")
            keeping = asyncio.create_task(self._catalogue.keep(), name="catalogue")
            keeping.add_done_callback(self._catalogue_ended)
            try:
                await self._app.run_until(self._ending)
            finally:
                self._deadline.begin()
                monitoring.cancel()
                keeping.cancel()
                self._not_ready = "stopping"
                await self._app.stop()
                await asyncio.wait({keeping, monitoring})

    async def _monitor(self, workers: PartitionWorkers) -> None:
        monitor = WorkerMonitor(
            workers,
            self._ends,
            StoreProbe(self._settings),
            stall_seconds=self._settings.processor_stall_seconds,
        )
        try:
            await monitor.run(lambda snapshot: self._show(snapshot, workers))
        except Exception as error:  # noqa: BLE001 - a process that is not monitored must not go on
            self._fail(error)

    async def _ends(self, partitions: Iterable[int]) -> dict[int, int]:
        return await self._consumer.ends(partitions)

    def _show(self, snapshot: WorkerSnapshot, workers: PartitionWorkers) -> None:
        metrics.LAG.set(-1 if snapshot.lag is None else snapshot.lag)
        ends = snapshot.ends or {}
        places = {
            each.partition: PartitionPlace(each.published, ends.get(each.partition), each.written_at)
            for each in workers.all
        }
        metrics.PLACES.show(places, time.time())
        metrics.PENDING.set(self._publisher.pending)
        metrics.CATALOGUE_AGE.set(-1 if self._catalogue.age is None else self._catalogue.age)
        metrics.CATALOGUE_ITEMS.set(len(self._catalogue.policies))
        if self._ending.done():
            return
        failing = [f"partition {partition}: {step}" for partition, step in sorted(snapshot.failing.items())]
        self._not_ready = "; ".join(failing) or (None if self._app.started else "starting")

    def _catalogue_ended(self, keeping: asyncio.Task[None]) -> None:
        if not keeping.cancelled() and (error := keeping.exception()) is not None:
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if not self._ending.done():
            _log.critical("the processor cannot go on: %s", in_full(error))
            self._ending.set_exception(error)

    def _stop(self) -> None:
        if not self._ending.done():
            _log.info("stopping")
            self._ending.set_result(None)
