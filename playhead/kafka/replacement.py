"""Collects the evidence for replacing a producer: whether the broker answers others meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from prometheus_client import Counter

from playhead.kafka.broker_check import answering
from playhead.kafka.delivery_health import DeliveryHealth
from playhead.retry import Backoff
from playhead.settings import KafkaSettings

REPLACEMENTS = Counter(
    "playhead_producer_replacements_total",
    "Kafka producers replaced because their records timed out while the broker answered others.",
)
CHECK_AGAIN = Backoff(first_seconds=0.5, longest_seconds=5.0)


class ReplacementCheck:
    """Asks the broker for as long as a partition fails. Belongs to the event loop's thread.

    Args:
        settings: The brokers.
        health: Judges the answers.
        replace: Replaces the producer.
        fail: Called with the error if the check or the replacement fails.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        health: DeliveryHealth,
        *,
        replace: Callable[[], Awaitable[None]],
        fail: Callable[[BaseException], None],
    ) -> None:
        self._settings = settings
        self._health = health
        self._replace = replace
        self._fail = fail
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Start, unless already running."""
        if self._task is None:
            self._task = asyncio.create_task(self._check(), name="kafka-replacement")
            self._task.add_done_callback(self._ended)

    def stop(self) -> None:
        """Cancel, if running."""
        if self._task is not None:
            self._task.cancel()

    async def _check(self) -> None:
        clock, pauses = asyncio.get_running_loop().time, CHECK_AGAIN.pauses()
        while failing := self._health.failing:
            answered = await asyncio.to_thread(answering, self._settings, failing)
            now = clock()
            verdicts = [self._health.asked(each, now, answered=each in answered) for each in failing]
            if "replace" in verdicts:
                await self._replace()
                pauses = CHECK_AGAIN.pauses()
            await asyncio.sleep(next(pauses))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)
