"""Faust's consumer thread, with calls for what the stores decide, each with a limit of time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from aiokafka import AIOKafkaConsumer  # type: ignore[import-untyped]
from aiokafka.errors import KafkaError  # type: ignore[import-untyped]
from aiokafka.structs import OffsetAndMetadata, TopicPartition  # type: ignore[import-untyped]
from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from playhead.causes import cause_of, in_full
from stream_processors.errors import TransientError

FETCH_WAIT_MS = 100
"""The broker's long poll. A partition whose records were just taken is asked for again only when the request
under way returns, so this bounds its delay; Faust's 1,500 ms would show."""
ANSWER_SECONDS = 5.0
"""For one answer of the broker."""
THREAD_SECONDS = 2.0
"""For the consumer's thread to begin with a call, and to pass its answer on."""

_log = logging.getLogger(__name__)


class KafkaUnavailableError(TransientError):
    """The broker does not answer, or the partition is just being moved."""

    store = "Kafka"


class BatchConsumerThread(driver.AIOKafkaConsumerThread):
    """The driver's thread, with calls for what the stores decide."""

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS  # noqa: SLF001 - Faust fixes it and passes no other
        return consumer

    async def ask(self, call: Any, *arguments: Any) -> Any:
        """Await a call of the aiokafka consumer in its thread, with a limit of time.

        Not by the driver's queue of calls: its two workers take one call after another, so that two which a
        broker leaves unanswered hold up all others.

        Raises:
            BrokerAwayError: no answer in time, or not now.
        """
        if not self.thread_loop.is_running():
            raise KafkaUnavailableError("the consumer is not running")
        asking = asyncio.run_coroutine_threadsafe(self._answer(call, *arguments), self.thread_loop)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(asking), ANSWER_SECONDS + THREAD_SECONDS)
        except TimeoutError as error:
            raise KafkaUnavailableError("the consumer's thread does not answer") from error

    async def commit(self, offsets: Mapping[TP, int]) -> bool:
        """Commit; False where that failed, or the consumer is not there to do it."""
        try:
            return bool(await self.ask(self._commit, offsets))
        except KafkaUnavailableError as error:
            _log.warning("offsets are not committed for now: %s", in_full(error))
            return False

    async def seek_to(self, tp: TP, offset: int) -> None:
        """Fetch from this offset on."""
        await self.ask(self._seek_to, tp, offset)

    async def _seek_to(self, tp: TP, offset: int) -> None:
        self._ensure_consumer().seek(TopicPartition(*tp), offset)

    async def _answer(self, call: Any, *arguments: Any) -> Any:
        try:
            return await asyncio.wait_for(call(*arguments), ANSWER_SECONDS)
        except (KafkaError, TimeoutError) as error:
            raise KafkaUnavailableError(f"Kafka does not answer: {cause_of(error)}") from error

    async def _commit(self, offsets: Mapping[TP, int]) -> bool:
        """Commit; a failure is no reason to crash, since the offsets are a hint and are committed again."""
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
