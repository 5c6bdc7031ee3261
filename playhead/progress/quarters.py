"""Quarters of an hour: what a session had reached by the end of each one in which it was active.

A session keeps totals: the media covered, the watch time reached. A quarter keeps the same totals as they
were by its end, so that days, sessions open at the same time, attempts, and the date of a completion whose
heartbeats arrived late can be derived. The totals of the last quarter are those of the session itself.

The quarters depend on the set of heartbeats alone, not on their order: each holds the first and the last
heartbeat within it, and the join of every heartbeat until its end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from playhead.progress.identifiers import NEVER, Instant
from playhead.progress.intervals import Intervals, union

QUARTER_MS = 15 * 60_000
SHORTEST_GAP_MS = 1_000
"""Shorter gaps in the media watched by a session are closed. Nothing shown is finer than a second, and no
control of a player skips less, so such gaps are rounding and stalls."""


class Quarter(Struct, frozen=True, gc=False, array_like=True):
    """The totals of a session by the end of a quarter of an hour in which it was active."""

    first_at: Instant
    """The first heartbeat within the quarter."""
    last_at: Instant
    watch_ms: int
    watched: Intervals
    pages: Intervals
    attempt: Instant = NEVER
    """The beginning of an attempt that divides the quarter, if these heartbeats follow it; 0 otherwise."""

    @property
    def key(self) -> tuple[int, Instant]:
        """The number of the quarter since 1970, and the part of it if an attempt divides it."""
        return (self.last_at // QUARTER_MS, self.attempt)


def without_gaps(watched: Intervals) -> Intervals:
    """The media with short gaps closed; applied whenever a session begins or is joined."""
    # One span, the usual case, has no gap.
    return watched if len(watched.bounds) <= 2 else watched.close(SHORTEST_GAP_MS)


def merge(parts: Iterable[Sequence[Quarter]]) -> list[Quarter]:
    """The quarters of parts of a session; those of each part are in order."""
    found: defaultdict[tuple[int, Instant], list[Quarter]] = defaultdict(list)
    for part in parts:
        for quarter in part:
            found[quarter.key].append(quarter)
    merged: list[Quarter] = []
    for key in sorted(found):
        quarters = found[key]
        reached = [*merged[-1:], *quarters]
        merged.append(
            Quarter(
                min(each.first_at for each in quarters),
                max(each.last_at for each in quarters),
                max(each.watch_ms for each in reached),
                without_gaps(union([each.watched for each in reached])),
                union([each.pages for each in reached]),
                key[1],
            )
        )
    return merged
