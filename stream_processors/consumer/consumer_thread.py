"""Faust's consumer thread, with calls to seek, commit and ask the broker, each with a time limit."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer  # type: ignore[import-untyped]
from aiokafka.errors import KafkaError  # type: ignore[import-untyped]
from aiokafka.structs import OffsetAndMetadata, TopicPartition  # type: ignore[import-untyped]
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from playhead.causes import cause_of, in_full
from playhead.settings import ProcessorSettings
from stream_processors.consumer.credentials import read_password_again
from stream_processors.errors import TransientError

ANSWER_SECONDS = 5.0
"""For one answer of the broker."""
THREAD_SECONDS = 2.0
"""For the consumer thread to start a call, and to pass its answer on."""

_log = logging.getLogger(__name__)


class KafkaUnavailableError(TransientError):
    """The broker does not answer, or the partition is being reassigned."""

    store = "Kafka"


class BatchConsumerThread(driver.AIOKafkaConsumerThread):
    """The driver's thread with calls of our own."""

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        """The driver's consumer, which fetches as the settings say.

        A partition whose records were just taken is fetched again only when the current request returns, so
        the wait bounds its delay; Faust's default is 1,500 ms.
        """
        consumer: Any = super()._create_worker_consumer(transport)
        app: Any = self.app  # a `ProcessorApp`
        settings: ProcessorSettings = app.processor_settings
        wait_ms = math.ceil(settings.processor_fetch_wait_seconds * 1000)
        wanted = {
            "_fetch_min_bytes": settings.processor_fetch_min_bytes,
            "_fetch_max_wait_ms": wait_ms,
            "_client_rack": settings.kafka_client_rack,
        }
        vars(consumer).update(wanted)  # Faust has no options for them
        read_password_again(consumer, settings)
        return consumer

    async def ask(self, call: Any, *arguments: Any) -> Any:
        """Await a call of the aiokafka consumer in its thread, for a limited time.

        It bypasses the driver's queue of calls, whose two workers take one call after another: two calls that
        a broker leaves unanswered would block all others.

        Raises:
            KafkaUnavailableError: no answer in time, or none possible now.
        """
        if not self.thread_loop.is_running():
            raise KafkaUnavailableError("the consumer is not running")
        asking = asyncio.run_coroutine_threadsafe(self._answer(call, *arguments), self.thread_loop)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(asking), ANSWER_SECONDS + THREAD_SECONDS)
        except TimeoutError as error:
            raise KafkaUnavailableError("the consumer's thread does not answer") from error

    async def commit(self, offsets: Mapping[TP, int]) -> bool:
        """Commit; False if that failed, or the consumer is not running."""
        try:
            return bool(await self.ask(self._commit, offsets))
        except KafkaUnavailableError as error:
            _log.warning("offsets are not committed for now: %s", in_full(error))
            return False

    async def seek_to(self, tp: TP, offset: int) -> None:
        """Fetch from this position on."""
        await self.ask(self._seek_to, tp, offset)

    async def partitions_of(self, topic: str) -> int:
        """The number of partitions of a topic, as a broker has it now."""
        # The public method has a number of up to 5 minutes ago.
        client = vars(self._ensure_consumer())["_client"]
        if not await self.ask(client.force_metadata_update):
            raise KafkaUnavailableError("Kafka does not answer: no metadata")
        found = client.cluster.partitions_for_topic(topic)
        if not found:
            raise KafkaUnavailableError(f"Kafka has no partitions of {topic} just now")
        return len(found)

    async def _seek_to(self, tp: TP, offset: int) -> None:
        self._ensure_consumer().seek(TopicPartition(*tp), offset)

    async def _answer(self, call: Any, *arguments: Any) -> Any:
        try:
            return await asyncio.wait_for(call(*arguments), ANSWER_SECONDS)
        except (KafkaError, TimeoutError) as error:
            raise KafkaUnavailableError(f"Kafka does not answer: {cause_of(error)}") from error

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        """Commit. A failure is logged only: committed offsets are a hint, and are committed again."""
        held = self.assignment()
        wanted = {TopicPartition(*tp): OffsetAndMetadata(at, "") for tp, at in offsets.items() if tp in held}
        if not wanted:
            return False
        try:
            await self._ensure_consumer().commit(wanted)
        except KafkaError as error:
            _log.warning("offsets are not committed for now: %r", error)
            return False
        return True
