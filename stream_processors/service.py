"""The stream processor's composition root: `run` until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any, cast

from playhead.causes import in_full
from playhead.http.health import HealthServer
from playhead.kafka.agreement import AgreementWatch
from playhead.kafka.publisher import Publisher
from playhead.settings import ProcessorSettings
from playhead.wire.topics import Topics
from stream_processors import metrics
from stream_processors.apply.quota import Quota
from stream_processors.catalogue import Catalogue
from stream_processors.consumer.application import build
from stream_processors.consumer.batch_consumer import BatchConsumer
from stream_processors.deadline import Deadline
from stream_processors.errors import ProcessorError
from stream_processors.partition.store_probe import StoreProbe
from stream_processors.partition.watchdog import WorkerSnapshot
from stream_processors.partition.watching import WorkerMonitor
from stream_processors.partition.worker import PartitionWorker, Stores
from stream_processors.partition.workers import PartitionWorkers
from stream_processors.stores.durable_store import DurableStore
from stream_processors.stores.hot_store import HotStore

ACK_SECONDS = 10.0
"""For the broker's ack of a run's states; tried again beyond it."""
STOP_SECONDS = 25.0
"""For leaving in order, the publisher's last acks included; a process that cannot is ended."""

_log = logging.getLogger(__name__)


def run(settings: ProcessorSettings) -> None:
    """Process heartbeats until SIGTERM or SIGINT.

    Raises:
        Exception: the process cannot go on, and is to exit and be restarted.
    """
    _tune()
    with Deadline(STOP_SECONDS) as leaving:
        asyncio.run(Processor(settings, leaving).serve())


def _tune() -> None:
    """Set the interpreter up for runs of thousands of short-lived values.

    By default the collector looks at every 700th of them, which costs a quarter of the stage; and the
    consumer's thread, which wakes for every 64 kB fetched, waits 5 ms each time for the thread that decides.
    """
    gc.set_threshold(100_000, 20, 50)
    sys.setswitchinterval(0.0005)


class Processor:
    """One worker of the group."""

    def __init__(self, settings: ProcessorSettings, leaving: Deadline) -> None:
        self._settings = settings
        self._leaving = leaving
        self._topics = Topics.named(settings.kafka_prefix)
        self._not_ready: str | None = "starting"

    async def serve(self) -> None:
        """Work until told to stop, or until something fails that waiting does not mend."""
        self._ending: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        settings = self._settings
        async with AsyncExitStack() as stack:
            agreement = AgreementWatch(settings)
            agreement.start()
            stack.callback(agreement.close)
            health = HealthServer(
                settings.processor_host,
                settings.processor_port,
                lambda: self._not_ready or agreement.disagreement,
            )
            health.start()
            stack.callback(health.close)
            hot, durable = HotStore(settings), DurableStore(settings)
            self._catalogue = Catalogue(settings, asyncio.get_running_loop().time)
            stack.push_async_callback(self._catalogue.close)
            stack.push_async_callback(hot.close)
            stack.push_async_callback(durable.close)
            publisher = Publisher(settings, client_id="playhead-processor", ack_timeout_seconds=ACK_SECONDS)
            await stack.enter_async_context(publisher)
            publisher.failed.add_done_callback(lambda failed: self._fail(failed.result()))
            quota = Quota(settings.processor_person_unknown_items, settings.processor_person_items)
            parts = Stores(hot, durable, publisher, self._topics, self._catalogue, quota)
            lanes = PartitionWorkers(
                lambda partition, generation: PartitionWorker(partition, generation, self._consumer, parts),
                self._fail,
            )
            self._app = build(settings, lanes, self._fail)
            gc.freeze()  # what is imported stays, and need not be looked at
            await self._work(lanes)

    @property
    def _consumer(self) -> BatchConsumer:
        return cast("BatchConsumer", self._app.consumer)

    async def _work(self, lanes: PartitionWorkers) -> None:
        with self._signals():
            watching = asyncio.create_task(self._watch(lanes), name="watchdog")
            keeping = asyncio.create_task(self._catalogue.keep(), name="catalogue")
            keeping.add_done_callback(self._catalogue_ended)
            try:
                await self._run_app()
            finally:
                self._leaving.begin()
                watching.cancel()
                keeping.cancel()
                self._not_ready = "stopping"
                await self._app.stop()
                await asyncio.wait({keeping, watching})

    async def _run_app(self) -> None:
        starting: asyncio.Future[Any] = asyncio.ensure_future(self._app.start())
        crashed: asyncio.Future[Any] = asyncio.ensure_future(self._app._crashed.wait())  # noqa: SLF001 - mode tells it no other way
        try:
            await asyncio.wait({starting, crashed, self._ending}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                await starting
            await asyncio.wait({crashed, self._ending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (starting, crashed):
                task.cancel()
        if self._ending.done():
            self._ending.result()
        else:
            raise ProcessorError("Faust crashed") from self._app.crash_reason

    async def _watch(self, lanes: PartitionWorkers) -> None:
        watch = WorkerMonitor(
            lanes,
            self._ends,
            StoreProbe(self._settings),
            stall_seconds=self._settings.processor_stall_seconds,
        )
        try:
            await watch.run(self._show)
        except Exception as error:  # noqa: BLE001 - whatever it is, an unwatched worker must not go on
            self._fail(error)

    async def _ends(self, partitions: Iterable[int]) -> dict[int, int]:
        return await self._consumer.ends(partitions)

    def _show(self, sign: WorkerSnapshot) -> None:
        metrics.LAG.set(-1 if sign.lag is None else sign.lag)
        metrics.CATALOGUE_AGE.set(-1 if self._catalogue.age is None else self._catalogue.age)
        metrics.CATALOGUE_ITEMS.set(len(self._catalogue.policies))
        if self._ending.done():
            return
        waiting = [f"partition {partition}: {told}" for partition, told in sorted(sign.waiting.items())]
        self._not_ready = "; ".join(waiting) or (None if self._app.started else "starting")

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

    @contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)
