"""A partition that the sink reads: its offsets, and the gaps that compaction left in the log. Pure."""

from __future__ import annotations

from collections.abc import Callable


class AssignedPartition:
    """The stored offset and the position of a partition.

    A state names the sessions that its own batch of heartbeats touched. Compaction may have removed an
    earlier state of the same key, with other sessions. The state that replaced it was written before the gap
    was seen, so it lies before the log end of that moment. Up to there, every state has to stand for all of
    its sessions.
    """

    def __init__(self, stored: int) -> None:
        self.stored = stored
        """Up to it, PostgreSQL has stored the partition, as far as this sink knows."""
        self.written_at: float | None = None
        """When the last record before `stored` was written, in seconds since 1970; None if not known."""
        self.position = stored
        self._suspect_up_to = 0

    def rewind(self) -> None:
        """Read on from the stored offset."""
        self.position = self.stored
        self._suspect_up_to = 0

    def advance(self, offset: int, log_end: Callable[[], int]) -> bool:
        """Move the position past the record at `offset`; whether compacted records may be missing before it.

        `log_end` is called where the offset shows a gap.
        """
        if offset > self.position:
            self._suspect_up_to = log_end()
        self.position = offset + 1
        return offset < self._suspect_up_to
