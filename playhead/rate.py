"""Rate limits: a token bucket for each person. Pure; time is passed in."""

from __future__ import annotations

_OTHERS = "others"
"""No person's key, nor an address."""


class Buckets:
    """A bucket of `burst` tokens a person, refilled at `rate` a second.

    A bucket is kept as one number, the time at which it will be full again (GCRA). Whoever was not seen for
    as long as a whole bucket takes to fill has a full one, which is the same as none: so two generations
    of that length are kept, and the older is dropped as it is, without looking through it. Where `most` are
    kept already, those who are new share one bucket.
    """

    def __init__(self, rate: float, burst: int, *, most: int | None = None) -> None:
        self._interval = 1 / rate
        self._depth = burst / rate
        self._most = most
        self._young: dict[str, float] = {}
        self._old: dict[str, float] = {}
        self._turned_at = float("-inf")

    def __len__(self) -> int:
        """How many persons are remembered."""
        return len(self._young.keys() | self._old.keys())

    def take(self, person: str, now: float, cost: int = 1) -> float:
        """Take `cost` tokens at `now` (seconds, never going back): 0 if there were, else seconds to wait.

        No wait is ever enough for more tokens than a bucket holds.
        """
        if now - self._turned_at >= self._depth:
            self._turn(now)
        if self._is_crowded() and person not in self._young and person not in self._old:
            person = _OTHERS
        full_at = max(self._young.get(person) or self._old.get(person, now), now) + self._interval * cost
        # The comparison is of differences of clock readings, so allow for their last digits.
        wait = full_at - now - self._depth
        if wait > self._interval * 1e-6:
            return wait
        self._young[person] = full_at
        return 0.0

    def _is_crowded(self) -> bool:
        return self._most is not None and len(self._young) + len(self._old) >= self._most

    def _turn(self, now: float) -> None:
        # After two lengths of silence the young are all full again as well.
        self._old = self._young if now - self._turned_at < 2 * self._depth else {}
        self._young = {}
        self._turned_at = now
