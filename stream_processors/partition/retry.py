"""Holds a partition while another process is unavailable, until the partition is revoked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from playhead.causes import in_full
from playhead.kafka.errors import BrokerUnavailableError, QueueFullError
from playhead.retry import Backoff, Retry
from stream_processors import metrics
from stream_processors.errors import Dependency, TransientError

BACKOFF = Backoff(first_seconds=0.1, longest_seconds=2.0)

T = TypeVar("T")
_log = logging.getLogger(__name__)


class RevokedError(Exception):
    """The partition was revoked before the step succeeded; nothing was acknowledged."""


@dataclass(frozen=True, slots=True)
class FailingStep:
    """A step that is being repeated."""

    step: str
    reason: str
    store: Dependency
    since: float
    """By the event loop's clock."""

    def describe(self, now: float) -> str:
        """For the readiness probe and the log."""
        return f"step {self.step} fails for {now - self.since:.0f} s: {self.reason}"


class PartitionRetry:
    """Repeats the steps of one partition, and knows which one fails."""

    def __init__(self) -> None:
        self._revoked = asyncio.Event()
        self.failing: FailingStep | None = None
        """The step that fails, until any step succeeds."""

    def revoke(self) -> None:
        """Stop repeating, now and from now on."""
        self._revoked.set()

    @property
    def is_revoked(self) -> bool:
        """Whether the partition is being given up."""
        return self._revoked.is_set()

    async def call(self, step: str, attempt: Callable[[], Awaitable[T]]) -> T:
        """Return the result of `attempt`, repeated with growing pauses while it raises transient errors.

        Raises:
            RevokedError: the partition is being given up.
        """

        async def measured() -> T:
            with metrics.step(step):
                return await attempt()

        async def pause(seconds: float) -> None:
            try:
                await asyncio.wait_for(self._revoked.wait(), seconds)
            except TimeoutError:
                return
            raise RevokedError(step)

        retry = Retry(
            TransientError,
            BrokerUnavailableError,
            QueueFullError,
            backoff=BACKOFF,
            on_failure=partial(self._note, step),
        )
        result = await retry.call_async(measured, pause)
        self.failing = None
        return result

    def _note(self, step: str, error: Exception) -> None:
        metrics.RETRIES.labels(step).inc()
        store: Dependency = error.store if isinstance(error, TransientError) else "Kafka"
        if self.failing is None:
            _log.warning("%s: %s; holding the partition and trying again", step, in_full(error))
            self.failing = FailingStep(step, str(error), store, asyncio.get_running_loop().time())
        else:
            self.failing = replace(self.failing, step=step, reason=str(error), store=store)
