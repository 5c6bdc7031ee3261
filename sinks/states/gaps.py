"""What compaction has taken out of the log before we came. Pure.

A state tells which sessions its own run touched. Where the log was compacted, an earlier state of the same
key, with other sessions, may be gone; the one that made it obsolete had been written by the time the gap
was seen, so it lies before what was then the end of the log. Up to there every state stands for all its
sessions.
"""

from __future__ import annotations

from collections.abc import Callable


class Continuity:
    """Follows one partition from `next_offset` on."""

    def __init__(self, next_offset: int) -> None:
        self.next_offset = next_offset
        self._suspect_until = 0

    def has_gap_before(self, offset: int, end: Callable[[], int]) -> bool:
        """Note the record at `offset`; whether it may have to stand for records that are missing.

        `end` tells the log's end as it is now.
        """
        if offset > self.next_offset:
            self._suspect_until = end()
        self.next_offset = offset + 1
        return offset < self._suspect_until
