"""Rate limits: token buckets by key. Pure; time is passed in."""

from __future__ import annotations

_OTHERS = "others"
"""Neither a person's key nor an address."""


class Buckets:
    """A bucket of `burst` tokens per key (a person or an address), refilled at `rate` tokens a second.

    A bucket is one number, the time at which it is full again (GCRA). A bucket that is not used for the time
    that it takes to fill is full, which is the same as no bucket. Therefore two generations of that length
    are kept, and the older one is dropped as a whole. Beyond `most` keys, new ones share one bucket.
    """

    def __init__(self, rate: float, burst: int, *, most: int | None = None) -> None:
        self._interval = 1 / rate
        self._depth = burst / rate
        self._most = most
        self._young: dict[str, float] = {}
        self._old: dict[str, float] = {}
        self._turned_at = float("-inf")

    def __len__(self) -> int:
        """The number of keys in memory."""
        return len(self._young.keys() | self._old.keys())

    def take(self, key: str, now: float, cost: int = 1) -> float:
        """Take `cost` tokens at `now` (seconds of a monotonic clock); returns 0, or the seconds to wait.

        More tokens than a bucket holds are never granted.
        """
        if now - self._turned_at >= self._depth:
            self._turn(now)
        if self._is_crowded() and key not in self._young and key not in self._old:
            key = _OTHERS
        full_at = max(self._young.get(key) or self._old.get(key, now), now) + self._interval * cost
        # Differences of clock readings are inexact in their last digits.
        wait = full_at - now - self._depth
        if wait > self._interval * 1e-6:
            return wait
        self._young[key] = full_at
        return 0.0

    def is_empty(self, key: str, now: float) -> bool:
        """Whether not one token is left at `now`; takes none."""
        if self._is_crowded() and key not in self._young and key not in self._old:
            key = _OTHERS
        full_at = max(self._young.get(key) or self._old.get(key, now), now)
        return full_at + self._interval - now - self._depth > self._interval * 1e-6

    def _is_crowded(self) -> bool:
        return self._most is not None and len(self._young) + len(self._old) >= self._most

    def _turn(self, now: float) -> None:
        # After two lengths without use, the young ones are full again as well.
        self._old = self._young if now - self._turned_at < 2 * self._depth else {}
        self._young = {}
        self._turned_at = now
