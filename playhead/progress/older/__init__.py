"""Older sessions: all but the youngest, kept apart from the record that every heartbeat reads.

`split` divides all that is known of an item into the record and the older sessions; `whole` joins the two.
The split depends on what is known alone, not on the order in which it became known. The record sums its
older sessions as if they were compacted, so every figure follows from the record alone; the older sessions
are needed for a heartbeat of one of them (`needs_older`), and when the policy changes (`is_outdated`).

The sums are stored with the older sessions as well (`OlderSums`). With them, sessions that are not among the
older ones change the record, and become older themselves, without the others being decoded (`grown`): the
result is that of `split`.
"""

from playhead.progress.older.division import is_outdated, split, summed_under, whole
from playhead.progress.older.growth import Growth, grown, may_grow
from playhead.progress.older.needs import needs_older
from playhead.progress.older.sums import OlderPart, OlderSums

__all__ = [
    "Growth",
    "OlderPart",
    "OlderSums",
    "grown",
    "is_outdated",
    "may_grow",
    "needs_older",
    "split",
    "summed_under",
    "whole",
]
