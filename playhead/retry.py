"""Retries with growing pauses: one rule for everything that waits until another process is back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from random import uniform
from typing import TypeVar

_MAX_DOUBLINGS = 64
"""A float overflows after about a thousand doublings; every backoff reaches its longest pause before this."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses that double from `first_seconds` up to `longest_seconds`.

    Raises:
        ValueError: the first pause is not positive, or longer than the longest.
    """

    first_seconds: float = 0.1
    longest_seconds: float = 3.0

    def __post_init__(self) -> None:
        if not 0 < self.first_seconds <= self.longest_seconds:
            raise ValueError("pauses begin above zero and end no shorter than they begin")

    def after(self, failures: int) -> float:
        """Seconds to wait after this many consecutive failures, counted from 1; any number is valid."""
        doublings = min(max(failures - 1, 0), _MAX_DOUBLINGS)
        return min(self.first_seconds * 2.0**doublings, self.longest_seconds)

    def pauses(self) -> Iterator[float]:
        """Seconds to wait after each failure, without end.

        Each lies between half of `after` and all of it, so that processes that fail together do not return
        together.
        """
        failures = 0
        while True:
            failures += 1
            longest = self.after(failures)
            yield uniform(longest / 2, longest)  # noqa: S311 - jitter, not a secret


class Retry:
    """Repeats a call while it raises transient errors; any other error passes through.

    Args:
        transient: Errors that waiting resolves.
        backoff: The pauses between attempts.
        on_failure: Called with each transient error, before the pause. `failure` still holds the previous
            error, so `failure is None` identifies the first of a row.
    """

    def __init__(
        self,
        *transient: type[Exception],
        backoff: Backoff = Backoff(),
        on_failure: Callable[[Exception], object] = lambda _: None,
    ) -> None:
        self._transient = transient
        self._backoff = backoff
        self._on_failure = on_failure
        self.failure: Exception | None = None
        """The last error, until a call succeeds."""

    def call(self, attempt: Callable[[], T], wait: Callable[[float], object] = time.sleep) -> T:
        """Return the result of `attempt`.

        Args:
            attempt: The call to repeat.
            wait: Waits for the given seconds; raises an error of its own to give up.
        """
        for pause in self._backoff.pauses():
            try:
                return self._succeeded(attempt())
            except self._transient as error:
                self._failed(error)
            wait(pause)
        raise AssertionError("pauses have no end")

    async def call_async(
        self,
        attempt: Callable[[], Awaitable[T]],
        wait: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> T:
        """Return the result of the coroutine `attempt`; see `call`."""
        for pause in self._backoff.pauses():
            try:
                return self._succeeded(await attempt())
            except self._transient as error:
                self._failed(error)
            await wait(pause)
        raise AssertionError("pauses have no end")

    def _succeeded(self, result: T) -> T:
        self.failure = None
        return result

    def _failed(self, error: Exception) -> None:
        self._on_failure(error)
        self.failure = error
