"""Holding on while another process is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from playhead.kafka.errors import BrokerUnavailableError, QueueFullError
from playhead.retry import Backoff
from stream_processors import metrics
from stream_processors.errors import AwayError

RETRY = Backoff(first_seconds=0.1, longest_seconds=2.0)

TRANSIENT = (AwayError, BrokerUnavailableError, QueueFullError)

T = TypeVar("T")
_log = logging.getLogger(__name__)


class LeavingError(Exception):
    """The partition is to be given up before the other process came back; nothing was acknowledged."""


class Patience:
    """Tries again for as long as a partition is held, and tells what it is waiting for."""

    def __init__(self) -> None:
        self._leaving = asyncio.Event()
        self.waiting_for: str | None = None
        """The last failure, while what failed has not succeeded since."""
        self.attempts = 0
        """How often something was tried again: a sign of life for the watchdog."""

    def leave(self) -> None:
        """Give up waiting, now and from now on."""
        self._leaving.set()

    @property
    def is_leaving(self) -> bool:
        """Whether the partition is being given up."""
        return self._leaving.is_set()

    async def insist(self, step: str, attempt: Callable[[], Awaitable[T]]) -> T:
        """Await what `attempt` returns, trying again with growing pauses while another process is away.

        Raises:
            LeavingError: the partition is being given up.
        """
        for pause in RETRY.pauses():
            try:
                with metrics.step(step):
                    result = await attempt()
            except TRANSIENT as error:
                self._note(step, error)
            else:
                self.waiting_for = None
                return result
            if await self._left_within(pause):
                raise LeavingError(step)
        raise AssertionError("pauses have no end")

    def _note(self, step: str, error: Exception) -> None:
        metrics.RETRIES.labels(step).inc()
        self.attempts += 1
        if self.waiting_for is None:
            _log.warning("%s: %s; holding the partition and trying again", step, error)
        self.waiting_for = f"{step}: {error}"

    async def _left_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._leaving.wait(), seconds)
        except TimeoutError:
            return False
        return True
