"""How old the oldest record of a partition is that is not processed yet. Pure: the caller passes the time.

Kafka says how many records wait, not since when. The end of the log is looked at every second: the record at
the position came after the last look that found the log's end there, and not before the record that was
processed last was written. The later of the two is the answer, so that neither a quiet partition nor a
backlog from before this process looks older or younger than it is.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

MOST_LOOKS = 1_024
"""Kept of one partition. Beyond it every second one is dropped, which makes the age less exact."""


@dataclass(slots=True)
class _Look:
    """The log's end, from the first to the last time that it was found there."""

    end: int
    first_at: float
    last_at: float


@dataclass(slots=True)
class LagAge:
    """The age of a partition's lag. Times are in seconds since 1970, as Kafka's timestamps are."""

    _looks: deque[_Look] = field(default_factory=deque, init=False)
    _not_before: float | None = field(default=None, init=False)
    """No record that waits was written before this."""

    def processed(self, written_at: float) -> None:
        """Take note of when the record was written that was processed last."""
        self._not_before = max(written_at, self._not_before or 0.0)

    def age(self, position: int, end: int, now: float) -> float:
        """How long the record at `position` has waited; 0 if the log ends there."""
        looks = self._looks
        if looks and looks[-1].end == end:
            looks[-1].last_at = now
        else:
            looks.append(_Look(end, now, now))
        while looks and looks[0].end <= position:
            self.processed(looks.popleft().last_at)
        if len(looks) > MOST_LOOKS:
            self._looks = deque(list(looks)[::2])
        if not looks:
            return 0.0
        since = looks[0].first_at if self._not_before is None else self._not_before
        return max(0.0, now - since)
