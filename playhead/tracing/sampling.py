"""Which requests are traced. Pure: the clock and the dice are passed in.

A request that is not sampled costs a search of its headers and one decrement: the number of requests up to
the next sampled one is drawn ahead, as it would have come out with a die for each of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, Literal

from playhead.tracing.context import TraceParent, parse_traceparent

NEVER: Final = 2**62
SamplingVerdict = TraceParent | Literal["root"] | None
"""The caller's span to follow, a new trace, or no trace."""


class RequestSampler:
    """Decides for one request after the other; for one thread."""

    def __init__(
        self,
        share: float,
        *,
        callers_per_second: float,
        follows_callers: bool,
        random: Callable[[], float],
        now: Callable[[], float],
    ) -> None:
        """Create a sampler.

        Args:
            share: Of the requests whose caller has not decided.
            callers_per_second: How many traces of callers are followed; the others count as undecided.
            follows_callers: Whether a caller's decision counts at all.
            random: Numbers from 0 up to 1.
            now: Seconds.
        """
        self._share = share
        self._follows = follows_callers
        self._random = random
        self._now = now
        self._per_second = callers_per_second
        self._allowed = self._burst = max(1.0, callers_per_second) if callers_per_second else 0.0
        self._at = now()
        self._left = self._gap()

    def undecided(self) -> bool:
        """Whether to sample a request whose caller has not decided."""
        self._left -= 1
        if self._left:
            return False
        self._left = self._gap()
        return True

    def decide(self, traceparent: bytes) -> SamplingVerdict:
        """Decide about a request with this header."""
        parent = parse_traceparent(traceparent) if self._follows else None
        if parent is not None and not parent.is_sampled:
            return None
        if parent is not None and self._may_follow():
            return parent
        # Not by the trace's id, which the caller chooses.
        return "root" if self.undecided() else None

    def _may_follow(self) -> bool:
        now = self._now()
        self._allowed = min(self._burst, self._allowed + (now - self._at) * self._per_second)
        self._at = now
        if self._allowed < 1:
            return False
        self._allowed -= 1
        return True

    def _gap(self) -> int:
        """Requests up to the next sampled one, itself included."""
        if self._share >= 1:
            return 1
        if self._share <= 0:
            return NEVER
        drawn = math.log(1 - self._random()) / math.log1p(-self._share)
        return min(NEVER, 1 + int(drawn))
