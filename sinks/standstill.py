"""Whether the sink moves: records wait, and none is stored. Pure: time is passed in."""

from __future__ import annotations


class Standstill:
    """Follows the lag of a loop that stores; `seconds` is how long it may stand."""

    def __init__(self, seconds: float, now: float) -> None:
        self._seconds = seconds
        self._moved_at = now
        self._noted_at = now
        self._lag = 0

    def note_stored(self, now: float) -> None:
        """Something was stored."""
        self._moved_at = now

    def note_lag(self, lag: int, now: float) -> None:
        """So many records wait. To be called all the time, since silence means that the loop hangs."""
        self._noted_at = now
        self._lag = lag
        if lag == 0:
            self._moved_at = now

    def reason(self, now: float) -> str | None:
        """Why this is a standstill; None where it is none."""
        if now - self._noted_at > self._seconds:
            return f"the sink has not looked for records for {now - self._noted_at:.0f} s"
        if now - self._moved_at > self._seconds:
            return f"{self._lag} records wait, and none was stored for {now - self._moved_at:.0f} s"
        return None
