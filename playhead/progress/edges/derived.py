"""What the edges of a session make of its quarters of an hour and of its totals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from playhead.progress.edges.pairs import PlaybackEdge, PlayedRange, ranges
from playhead.progress.intervals import EMPTY, Intervals
from playhead.progress.quarters import Quarter, without_gaps


class DerivedMedia(NamedTuple):
    """What was played, in total and by quarter."""

    watched: Intervals
    watch_ms: int
    quarters: tuple[Quarter, ...]


def underived(quarters: tuple[Quarter, ...]) -> tuple[Quarter, ...]:
    """The quarters without what `derive` added."""
    return tuple(replace(each, watch_ms=0, media_bounds=()) for each in quarters)


def derive(quarters: tuple[Quarter, ...], edges: Sequence[PlaybackEdge]) -> DerivedMedia:
    """What was played between edges that are in order.

    `quarters` are those before the session's last one, without media. Each range is of the quarter in which
    it ended; what is of the last one is the rest of the totals.
    """
    played = ranges(edges)
    found: list[Quarter] = []
    covered, at = EMPTY, 0
    for quarter in quarters:
        first = at
        while at < len(played) and played[at].until_at <= quarter.last_at:
            at += 1
        own = played[first:at]
        before, covered = covered, without_gaps(covered | _media(own))
        watch_ms = sum([each.watch_ms for each in own])
        found.append(replace(quarter, watch_ms=watch_ms, media_bounds=(covered - before).bounds))
    watched = without_gaps(covered | _media(played[at:]))
    return DerivedMedia(watched, sum([each.watch_ms for each in played]), tuple(found))


def _media(played: Sequence[PlayedRange]) -> Intervals:
    return Intervals.of((each.from_ms, each.until_ms) for each in played)
