"""The watchdog: measures the lag, and ends a worker in which work waits and nothing moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from stream_processors.errors import StalledError


@dataclass(frozen=True, slots=True)
class Sign:
    """What is to be seen of a worker at one moment."""

    told: Mapping[int, int]
    """How far each partition held is through the stage; -1 while it looks for its place."""
    ends: Mapping[int, int] | None
    """Where the log ends; None: the broker does not say."""
    attempts: int
    """Retries against what is away: a diagnosed outage is no stall."""

    @property
    def lag(self) -> int | None:
        """Heartbeats in the log that are not through the stage; None: not known."""
        if self.ends is None or any(offset < 0 for offset in self.told.values()):
            return None
        return sum(max(0, self.ends.get(partition, 0) - offset) for partition, offset in self.told.items())


@dataclass(slots=True)
class Watchdog:
    """Judges one sign after another; the clock is the caller's."""

    stall_seconds: float
    _last: Sign | None = field(default=None, init=False)
    _moved_at: float = field(default=0.0, init=False)

    def look(self, sign: Sign, now: float) -> None:
        """Take the sign into account.

        Raises:
            StalledError: work has been waiting for so long, and nothing moved.
        """
        last, self._last = self._last, sign
        moved = last is None or sign.told != last.told or sign.attempts != last.attempts
        if moved or sign.lag == 0:
            self._moved_at = now
        elif now - self._moved_at > self.stall_seconds:
            raise StalledError(
                f"nothing moved for {self.stall_seconds:.0f} s: {_waiting(sign.lag)} waiting at {sign.told}"
            )


def _waiting(lag: int | None) -> str:
    return "an unknown number of heartbeats" if lag is None else f"{lag} heartbeats"
