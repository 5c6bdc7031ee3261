"""A circuit breaker as a value: no clock, no I/O. Time is passed in, in seconds of any steady clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

State = Literal["closed", "open"]


@dataclass(frozen=True, slots=True)
class Breaker:
    """Whether to try a store that has been failing.

    Closed: every call tries. After `limit` failures in a row it opens: nobody tries, except one call in each
    `cooldown` seconds, whose success closes it. The turn to try passes on by time alone, so a probe that is
    cancelled and never reports costs one cooldown and no more.
    """

    limit: int
    cooldown: float
    failures: int = 0
    next_try: float | None = None
    """While open: when the next call may try."""

    @property
    def state(self) -> State:
        """For people and metrics."""
        return "closed" if self.next_try is None else "open"

    def admit(self, now: float) -> tuple[bool, Breaker]:
        """Whether this call may try, and the breaker that the next one asks."""
        if self.next_try is None:
            return True, self
        if now < self.next_try:
            return False, self
        return True, replace(self, next_try=now + self.cooldown)

    def failed(self, now: float) -> Breaker:
        """After a call that tried and failed."""
        failures = self.failures + 1
        if failures < self.limit:
            return replace(self, failures=failures)
        return replace(self, failures=failures, next_try=now + self.cooldown)

    def succeeded(self) -> Breaker:
        """After a call that tried and was answered."""
        return self if self.failures == 0 else replace(self, failures=0, next_try=None)
