"""A circuit breaker: a store that keeps failing is left alone, but for one call in each cooldown.

`Breaker` is the rule as a value, without a clock or I/O; `GuardedStore` applies it to calls.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from query_api.errors import StoreName, UnavailableError

T = TypeVar("T")
BreakerState = Literal["closed", "open"]

FAILURES = 3
"""In a row, after which the store is left alone."""
COOLDOWN_SECONDS = 1.0
"""Between two attempts: while the store is away, one request a second waits for it."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """Decides whether to try a store that has been failing. Times are seconds of any steady clock.

    Closed: every call tries. After `limit` failures in a row it opens: no call tries, except one in each
    `cooldown`, whose success closes it. The next attempt depends on time alone, so a call that is cancelled
    and never reports costs one cooldown and no more.
    """

    limit: int
    cooldown: float
    failures: int = 0
    next_try: float | None = None
    """While open: when the next call may try."""

    @property
    def state(self) -> BreakerState:
        """Open while the store is left alone."""
        return "closed" if self.next_try is None else "open"

    def admit(self, now: float) -> tuple[bool, Breaker]:
        """Whether a call may try, and the breaker after it asked."""
        if self.next_try is None:
            return True, self
        if now < self.next_try:
            return False, self
        return True, replace(self, next_try=now + self.cooldown)

    def failed(self, now: float) -> Breaker:
        """The breaker after a call that failed."""
        failures = self.failures + 1
        if failures < self.limit:
            return replace(self, failures=failures)
        return replace(self, failures=failures, next_try=now + self.cooldown)

    def succeeded(self) -> Breaker:
        """The breaker after a call that succeeded."""
        return self if self.failures == 0 else replace(self, failures=0, next_try=None)


class GuardedStore:
    """Calls a store unless its breaker is open."""

    def __init__(self, source: StoreName, clock: Callable[[], float]) -> None:
        self.breaker = Breaker(FAILURES, COOLDOWN_SECONDS)
        self._source = source
        self._clock = clock

    async def call(self, command: Callable[[], Awaitable[T]]) -> T:
        """Call the store.

        Raises:
            UnavailableError: The command raised it, or the breaker is open.
        """
        admitted, self.breaker = self.breaker.admit(self._clock())
        if not admitted:
            raise UnavailableError(self._source, "left alone after it failed")
        try:
            answer = await command()
        except UnavailableError:
            self.breaker = self.breaker.failed(self._clock())
            raise
        self.breaker = self.breaker.succeeded()
        return answer
