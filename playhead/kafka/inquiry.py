"""Asks the broker about partitions whose records time out, and has the producer replaced on the evidence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from playhead.kafka.health import DeliveryHealth
from playhead.kafka.witness import answering
from playhead.retry import Backoff
from playhead.settings import KafkaSettings

ASK_AGAIN = Backoff(first_seconds=0.5, longest_seconds=5.0)


class Inquiry:
    """Runs for as long as a partition fails; belongs to the event loop's thread."""

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
        """Start asking, unless that is under way."""
        if self._task is None:
            self._task = asyncio.create_task(self._ask(), name="kafka-inquiry")
            self._task.add_done_callback(self._ended)

    def stop(self) -> None:
        """Ask no more."""
        if self._task is not None:
            self._task.cancel()

    async def _ask(self) -> None:
        clock, pauses = asyncio.get_running_loop().time, ASK_AGAIN.pauses()
        while failing := self._health.failing:
            answered = await asyncio.to_thread(answering, self._settings, failing)
            now = clock()
            verdicts = [self._health.asked(each, now, answered=each in answered) for each in failing]
            if "replace" in verdicts:
                await self._replace()
                pauses = ASK_AGAIN.pauses()
            await asyncio.sleep(next(pauses))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if not task.cancelled() and (error := task.exception()) is not None:
            self._fail(error)
