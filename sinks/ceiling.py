"""How much may be dead-lettered before it is our release that is bad, not the records. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from sinks.errors import TooManyDeadLettersError
from sinks.reading import Rejected


class Ceiling:
    """Watches the share of dead letters in the last `window` records, taken batch by batch."""

    def __init__(self, window: int, share: float) -> None:
        self._window = window
        self._share = share
        self._batches: deque[tuple[int, int]] = deque()
        self._records = 0
        self._dead = 0

    def require(self, records: int, rejected: Sequence[Rejected]) -> None:
        """Refuse to go on if these, on top of what went before, are too many.

        Raises:
            TooManyDeadLettersError: they are.
        """
        total, dead = self._records + records, self._dead + len(rejected)
        if rejected and dead > self._share * max(total, self._window):
            raise TooManyDeadLettersError(dead, total, f"{rejected[-1].reason}: {rejected[-1].detail}")

    def note(self, records: int, dead: int) -> None:
        """Count a batch that landed."""
        self._batches.append((records, dead))
        self._records += records
        self._dead += dead
        while self._records - self._batches[0][0] >= self._window:
            old_records, old_dead = self._batches.popleft()
            self._records -= old_records
            self._dead -= old_dead
