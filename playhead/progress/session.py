"""The session: one viewing on one device, the join of its heartbeats.

Every field changes in one direction only (earliest, latest, union, largest, or), so neither the order nor the
repetition of heartbeats makes a difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from msgspec import Struct
from msgspec.structs import replace

from playhead.progress.heartbeat import MAX_RATE, Heartbeat
from playhead.progress.identifiers import Instant
from playhead.progress.intervals import EMPTY, Intervals, union

PLAYED_MS = 5_000
"""How much a session must have played to move a position: a tab that is merely open cannot."""
SHORTEST_GAP_MS = 1_000
"""Shorter gaps in the media watched by a session are closed. Nothing shown is finer than a second, and no
control of a player skips less, so such gaps are rounding and stalls. `LAST_GAP_MS` may be longer, since it
applies once per session."""
LAST_GAP_MS = 1_500
"""Players stop reporting up to this long before the end; `ended` closes the gap."""


class Position(Struct, frozen=True, gc=False, array_like=True):
    """The position in an item: a last-writer-wins register, ordered by its first two fields."""

    at: Instant
    sequence: int
    media_ms: int | None
    """In a video."""
    scroll: float | None
    """In a document, from 0 to 1."""

    @property
    def order(self) -> tuple[int, int, int, float]:
        """A total order, so that positions of the same instant resolve identically everywhere."""
        media = -1 if self.media_ms is None else self.media_ms
        return (self.at, self.sequence, media, -1.0 if self.scroll is None else self.scroll)


class Session(Struct, frozen=True, kw_only=True, gc=False, rename="camel", omit_defaults=True):
    """One viewing on one device."""

    started_at: Instant
    last_at: Instant
    watched: Intervals = EMPTY
    """The claimed media, short gaps closed. The policy decides how much is credited, see `credit`."""
    pages: Intervals = EMPTY
    watch_ms: int = 0
    rate: float = 0.0
    """The fastest rate stated, or `MAX_RATE` if a heartbeat stated none."""
    reported: float = 0.0
    position: Position | None = None
    ended: bool = False
    measured: bool = False
    """Whether any heartbeat measured what was played; otherwise the client only makes assertions."""

    @property
    def has_played(self) -> bool:
        """Whether the session may move the position of another device."""
        return (
            self.ended
            or not self.measured
            or bool(self.pages)
            or self.watched.length >= PLAYED_MS
            or self.watch_ms >= PLAYED_MS
        )

    def extent(self, duration: int | None) -> Intervals:
        """The media watched within the item, with the last gap closed if playback reached the end."""
        watched = self.watched
        if duration is None or not watched.bounds:
            return watched
        missing = duration - watched.bounds[-1]
        if missing < 0:
            return watched.clip(duration)
        if self.ended and 0 < missing <= LAST_GAP_MS:
            return Intervals((*watched.bounds[:-1], duration))
        return watched


def without_gaps(watched: Intervals) -> Intervals:
    """The media with short gaps closed; applied whenever a session begins or is joined."""
    # One span, the usual case, has no gap.
    return watched if len(watched.bounds) <= 2 else watched.close(SHORTEST_GAP_MS)


def begin(heartbeat: Heartbeat) -> Session:
    """The session that consists of this heartbeat alone."""
    started = heartbeat.started_at
    return Session(
        started_at=heartbeat.occurred_at if started is None else min(started, heartbeat.occurred_at),
        last_at=heartbeat.occurred_at,
        watched=without_gaps(heartbeat.watched or EMPTY),
        pages=heartbeat.pages_viewed or EMPTY,
        watch_ms=heartbeat.watch_ms or 0,
        rate=MAX_RATE if heartbeat.playback_rate is None else heartbeat.playback_rate,
        reported=heartbeat.reported_percentage or 0.0,
        position=_position(heartbeat),
        ended=heartbeat.event == "ended",
        measured=heartbeat.watched is not None or heartbeat.watch_ms is not None,
    )


def join_sessions(one: Session, other: Session) -> Session:
    """The join of two parts of a session; `one` itself if `other` adds nothing."""
    # `min` and `max` take three times as long, and this runs for every heartbeat.
    joined = Session(
        started_at=one.started_at if one.started_at < other.started_at else other.started_at,
        last_at=one.last_at if one.last_at > other.last_at else other.last_at,
        watched=without_gaps(one.watched | other.watched),
        pages=one.pages | other.pages,
        watch_ms=one.watch_ms if one.watch_ms > other.watch_ms else other.watch_ms,
        rate=one.rate if one.rate > other.rate else other.rate,
        reported=one.reported if one.reported > other.reported else other.reported,
        position=later(one.position, other.position),
        ended=one.ended or other.ended,
        measured=one.measured or other.measured,
    )
    return one if joined == one else joined


def join_all(sessions: Sequence[Session]) -> Session:
    """The join of one or more sessions, in one pass over the media."""
    bare = (replace(each, watched=EMPTY, pages=EMPTY) for each in sessions)
    return replace(
        reduce(join_sessions, bare),
        watched=without_gaps(union([each.watched for each in sessions])),
        pages=union([each.pages for each in sessions]),
    )


def later(one: Position | None, other: Position | None) -> Position | None:
    """The later position."""
    if one is None or other is None:
        return one if other is None else other
    if one.at != other.at:
        return one if one.at > other.at else other
    return other if other.order > one.order else one


def _position(heartbeat: Heartbeat) -> Position | None:
    if heartbeat.position_ms is None and heartbeat.scroll_position is None:
        return None
    return Position(
        heartbeat.occurred_at, heartbeat.sequence, heartbeat.position_ms, heartbeat.scroll_position
    )
