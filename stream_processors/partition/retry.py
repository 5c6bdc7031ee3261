"""Holding on while another process is away."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from playhead.causes import in_full
from playhead.kafka.errors import BrokerUnavailableError, QueueFullError
from playhead.retry import Backoff
from stream_processors import metrics
from stream_processors.errors import Dependency, TransientError

RETRY = Backoff(first_seconds=0.1, longest_seconds=2.0)

TRANSIENT = (TransientError, BrokerUnavailableError, QueueFullError)

T = TypeVar("T")
_log = logging.getLogger(__name__)


class RevokedError(Exception):
    """The partition is to be given up before the other process came back; nothing was acknowledged."""


@dataclass(frozen=True, slots=True)
class FailingStep:
    """A step that fails again and again."""

    step: str
    reason: str
    store: Dependency
    since: float
    """By the event loop's clock."""

    def told(self, now: float) -> str:
        """For a person to read."""
        return f"step {self.step} fails for {now - self.since:.0f} s: {self.reason}"


class PartitionRetry:
    """Tries again for as long as a partition is held, and tells what it is waiting for."""

    def __init__(self) -> None:
        self._leaving = asyncio.Event()
        self.waiting: FailingStep | None = None
        """The step that fails, while it has not succeeded since."""
        self.attempts = 0
        """How often something was tried again."""

    def leave(self) -> None:
        """Give up waiting, now and from now on."""
        self._leaving.set()

    @property
    def waiting_for(self) -> str | None:
        """The step that fails, and its last failure."""
        return None if self.waiting is None else f"{self.waiting.step}: {self.waiting.reason}"

    @property
    def is_leaving(self) -> bool:
        """Whether the partition is being given up."""
        return self._leaving.is_set()

    async def call(self, step: str, attempt: Callable[[], Awaitable[T]]) -> T:
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
                self.waiting = None
                return result
            if await self._left_within(pause):
                raise RevokedError(step)
        raise AssertionError("pauses have no end")

    def _note(self, step: str, error: Exception) -> None:
        metrics.RETRIES.labels(step).inc()
        self.attempts += 1
        store: Dependency = error.store if isinstance(error, TransientError) else "Kafka"
        if self.waiting is None:
            _log.warning("%s: %s; holding the partition and trying again", step, in_full(error))
            self.waiting = FailingStep(step, str(error), store, asyncio.get_running_loop().time())
        else:
            self.waiting = replace(self.waiting, step=step, reason=str(error), store=store)

    async def _left_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._leaving.wait(), seconds)
        except TimeoutError:
            return False
        return True
