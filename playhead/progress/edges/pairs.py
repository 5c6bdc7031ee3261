"""The edges of a session, and what was played between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec import Struct

from playhead.progress.heartbeat import MAX_RATE, Heartbeat
from playhead.progress.identifiers import Instant

ROUNDING_MS = 1_000
"""Clients that state times in whole seconds may seem to have played this much faster than `MAX_RATE`."""


class PlaybackEdge(Struct, frozen=True, gc=False, array_like=True):
    """One edge of a session; one that has both positions is a seek."""

    at: Instant
    until_ms: int | None = None
    """The position until which it played."""
    from_ms: int | None = None
    """The position from which it plays; after a seek, only if it played before."""

    @property
    def order(self) -> tuple[Instant, int, int, int]:
        """At one instant it first stops, then seeks, then plays."""
        until, start = self.until_ms, self.from_ms
        step = 0 if start is None else 2 if until is None else 1
        return (self.at, step, -1 if until is None else until, -1 if start is None else start)


class PlayedRange(NamedTuple):
    """Media that played without interruption."""

    from_ms: int
    until_ms: int
    until_at: Instant
    watch_ms: int
    """Wall-clock time; less than what passed if the player stalled."""


def edges_of(heartbeat: Heartbeat) -> tuple[PlaybackEdge, ...]:
    """The edge that a heartbeat reports, if any; one that reports intervals needs none."""
    edge = heartbeat.edge
    if edge is None or heartbeat.watched is not None:
        return ()
    return (PlaybackEdge(heartbeat.occurred_at, edge.until_ms, edge.from_ms),)


def join_edges(one: tuple[PlaybackEdge, ...], other: tuple[PlaybackEdge, ...]) -> tuple[PlaybackEdge, ...]:
    """The edges of both, in order."""
    if not other or one == other:
        return one
    return tuple(sorted({*one, *other}, key=lambda each: each.order)) if one else other


def ranges(edges: Iterable[PlaybackEdge]) -> Sequence[PlayedRange]:
    """What was played between edges that are in order.

    An edge that plays is paired with the next that stops or seeks. One after another that plays takes its
    place, since the stop between the two is not known; a stop that follows none says nothing.
    """
    found: list[PlayedRange] = []
    playing: PlaybackEdge | None = None
    for edge in edges:
        if edge.until_ms is None:
            playing = edge
            continue
        if playing is not None and (played := _between(playing, edge)) is not None:
            found.append(played)
        playing = edge if playing is not None and edge.from_ms is not None else None
    return found


def _between(start: PlaybackEdge, end: PlaybackEdge) -> PlayedRange | None:
    from_ms, until_ms, passed = start.from_ms or 0, end.until_ms or 0, end.at - start.at
    length = until_ms - from_ms
    if not 0 < length <= passed * MAX_RATE + ROUNDING_MS:
        return None
    return PlayedRange(from_ms, until_ms, end.at, min(passed, length))
