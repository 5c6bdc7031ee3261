"""How current a copy of the catalogue is, as a value: no clock and no I/O.

Two clocks are involved. When to read again is measured by the reader's own steady clock, in seconds; which
rows have changed since is a question of PostgreSQL's clock, by which the rows are dated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

IN_FLIGHT = timedelta(minutes=5)
"""A row is dated when its transaction begins and becomes visible when it ends: none may take longer."""


@dataclass(slots=True)
class Freshness:
    """When a copy of the catalogue was last read, and whether the last attempt failed."""

    read_at: float | None = None
    """When the last successful read began; None: never read."""
    failed_at: float | None = None
    """When the last attempt failed; None: it succeeded, or there was none."""
    database_time: datetime | None = None
    """PostgreSQL's time at the beginning of the last successful read."""

    @property
    def changed_since(self) -> datetime | None:
        """Rows dated later may be unknown to the copy; None: all of them."""
        return None if self.database_time is None else self.database_time - IN_FLIGHT

    def age(self, now: float) -> float | None:
        """Seconds since the last successful read; None: never read."""
        return None if self.read_at is None else now - self.read_at

    def is_younger(self, seconds: float, now: float) -> bool:
        """Whether the copy was read less than so many seconds ago."""
        return self.read_at is not None and now - self.read_at < seconds

    def is_due(self, now: float, *, refresh_seconds: float, retry_seconds: float) -> bool:
        """Whether to read again: `refresh_seconds` after a success, `retry_seconds` after a failure."""
        if self.failed_at is not None:
            return now - self.failed_at >= retry_seconds
        return not self.is_younger(refresh_seconds, now)

    def succeeded(self, began: float, database_time: datetime) -> None:
        """Note a read that began at `began`."""
        self.read_at, self.failed_at, self.database_time = began, None, database_time

    def expire(self) -> None:
        """Let the copy be read again at once."""
        self.read_at = self.failed_at = None

    def failed(self, now: float) -> None:
        """Note a failure. What the copy holds stays valid: items are archived, never deleted."""
        self.failed_at = now
