"""Quarters of an hour: what a session added in each one in which it was active.

A session keeps totals: the media covered, the watch time reached. A quarter keeps what was added to them by
its end, compared with the end of the quarter before, so that days, sessions open at the same time, attempts,
and the date of a completion whose heartbeats arrived late can be derived. What the last quarter added is the
rest of the session's totals.

The quarters depend on the set of heartbeats alone, not on their order: each holds the first and the last
heartbeat within it, and the difference of two totals, each the join of every heartbeat until then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from playhead.progress.identifiers import NEVER, Instant
from playhead.progress.intervals import EMPTY, LIMIT, Intervals, union

QUARTER_MS = 15 * 60_000
SHORTEST_GAP_MS = 1_000
"""Shorter gaps in the media watched by a session are closed. Nothing shown is finer than a second, and no
control of a player skips less, so such gaps are rounding and stalls."""


class Quarter(Struct, frozen=True, gc=False, array_like=True):
    """What a session added in a quarter of an hour in which it was active.

    Raises:
        ValueError: the boundaries are not those of `Intervals`.
    """

    first_at: Instant
    """The first heartbeat within the quarter."""
    active_ms: int
    """From the first to the last heartbeat."""
    watch_ms: int
    media_bounds: tuple[int, ...] = ()
    """Of `watched`; plain boundaries, since a session may have hundreds of quarters, are encoded shorter."""
    page_bounds: tuple[int, ...] = ()
    attempt: Instant = NEVER
    """The beginning of an attempt that divides the quarter, if these heartbeats follow it; 0 otherwise."""

    def __post_init__(self) -> None:
        media, pages = self.media_bounds, self.page_bounds
        if media and not (len(media) == 2 and 0 <= media[0] < media[1] <= LIMIT):  # nearly always
            Intervals(media)
        if pages:
            Intervals(pages)

    @property
    def last_at(self) -> Instant:
        """The last heartbeat within the quarter."""
        return Instant(self.first_at + self.active_ms)

    @property
    def watched(self) -> Intervals:
        """The media that was not covered before the quarter."""
        return Intervals(self.media_bounds)

    @property
    def pages(self) -> Intervals:
        """The pages that were not read before the quarter."""
        return Intervals(self.page_bounds)

    @property
    def key(self) -> tuple[int, Instant]:
        """The number of the quarter since 1970, and the part of it if an attempt divides it."""
        return (self.first_at // QUARTER_MS, self.attempt)


def without_gaps(watched: Intervals) -> Intervals:
    """The media with short gaps closed; applied whenever a session begins or is joined."""
    # One span, the usual case, has no gap.
    return watched if len(watched.bounds) <= 2 else watched.close(SHORTEST_GAP_MS)


def covered_by(quarters: Sequence[Quarter]) -> tuple[Intervals, Intervals]:
    """The media and the pages that were covered by the end of these quarters, the first of a session."""
    media = union([each.watched for each in quarters if each.media_bounds])
    return media, union([each.pages for each in quarters if each.page_bounds])


def merge(parts: Iterable[Sequence[Quarter]]) -> list[Quarter]:
    """The quarters of parts of a session; those of each part are in order, from its first."""
    found: defaultdict[tuple[int, Instant], list[tuple[Quarter, int]]] = defaultdict(list)
    for part in parts:
        reached = 0
        for quarter in part:
            reached += quarter.watch_ms
            found[quarter.key].append((quarter, reached))
    merged: list[Quarter] = []
    watched, pages, watch_ms = EMPTY, EMPTY, 0
    for key in sorted(found):
        quarters = [quarter for quarter, _ in found[key]]
        media, read = [each.media_bounds for each in quarters], [each.page_bounds for each in quarters]
        before, watched = watched, without_gaps(_with(watched, media))
        read_before, pages = pages, _with(pages, read)
        watch_before, watch_ms = watch_ms, max(watch_ms, *(reached for _, reached in found[key]))
        first_at = min(each.first_at for each in quarters)
        merged.append(
            Quarter(
                first_at,
                max(each.last_at for each in quarters) - first_at,
                watch_ms - watch_before,
                () if watched is before else (watched - before).bounds,
                () if pages is read_before else (pages - read_before).bounds,
                key[1],
            )
        )
    return merged


def _with(known: Intervals, added: Iterable[tuple[int, ...]]) -> Intervals:
    parts = [Intervals(bounds) for bounds in added if bounds]
    return union([known, *parts]) if parts else known
