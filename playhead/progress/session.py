"""The session: one viewing on one device, the join of its heartbeats.

Every field changes in one direction only (earliest, latest, union, largest, or), so neither the order nor the
repetition of heartbeats makes a difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from msgspec import Struct
from msgspec.structs import replace

from playhead.progress.edges import PlaybackEdge, derive, edges_of, join_edges, underived
from playhead.progress.heartbeat import MAX_RATE, Heartbeat
from playhead.progress.identifiers import NEVER, Instant
from playhead.progress.intervals import EMPTY, Intervals, union
from playhead.progress.quarters import QUARTER_MS, Quarter, covered_by, merge, without_gaps

PLAYED_MS = 5_000
"""How much a session must have played or read to move a position: a tab that is merely open cannot."""
LAST_GAP_MS = 1_500
"""Players stop reporting up to this long before the end; `ended` closes the gap. It may be longer than
`SHORTEST_GAP_MS`, since it applies once per session."""


class Position(Struct, frozen=True, gc=False, array_like=True):
    """The position in an item: a last-writer-wins register, ordered by its first two fields."""

    at: Instant
    sequence: int
    media_ms: int | None
    """In a video; file time."""
    scroll: float | None
    """In a document, from 0 to 1."""
    page: int | None = None
    """In a document; the first page is 1."""

    @property
    def order(self) -> tuple[int, int, int, float, int]:
        """A total order, so that positions of the same instant resolve identically everywhere."""
        media = -1 if self.media_ms is None else self.media_ms
        scroll = -1.0 if self.scroll is None else self.scroll
        return (self.at, self.sequence, media, scroll, self.page or 0)


class DurationAtEnd(Struct, frozen=True, gc=False, array_like=True):
    """The duration that a player stated for a file of which it reached the end."""

    at: Instant
    duration_ms: int


class ClaimedPercentage(Struct, frozen=True, gc=False, array_like=True):
    """What the client of a course claims: the latest counts, then the larger sequence, then the larger."""

    at: Instant
    sequence: int
    percentage: float


class OlderSessions(Struct, frozen=True, gc=False, array_like=True):
    """Sessions that are kept apart from the record that every heartbeat reads. See `older`."""

    count: int
    spans: int
    """Their number of spans, that of the compacted sessions included."""
    policy: str
    """The digest of the policy under which `Progress.compacted` sums them."""


class Session(Struct, frozen=True, kw_only=True, gc=False, rename="camel", omit_defaults=True):
    """One viewing on one device."""

    started_at: Instant
    last_at: Instant
    first_at: Instant = NEVER
    """The first heartbeat within the last quarter of an hour; 0 if that is `last_at`."""
    watched: Intervals = EMPTY
    """The claimed media, short gaps closed. The policy decides how much is credited, see `credit`."""
    pages: Intervals = EMPTY
    scroll: float = 0.0
    """How far a document was scrolled, from 0 to 1."""
    watch_ms: int = 0
    content_ms: int = 0
    hidden_ms: int = 0
    rate: float = 0.0
    """The fastest rate stated, or `MAX_RATE` if a heartbeat stated none."""
    reported: float = 0.0
    duration_ms: int = 0
    """The largest duration that the player claimed; 0 if it claimed none."""
    position: Position | None = None
    ended: bool = False
    measured: bool = False
    """Whether any heartbeat measured what was played; otherwise the client only makes assertions."""
    adjusted_ms: int = 0
    """The largest correction of the client's clock, either way."""
    quarters: tuple[Quarter, ...] = ()
    """The quarters of an hour in which it was active, apart from the last one."""
    attempt: Instant = NEVER
    """See `Quarter.attempt`; of the last quarter."""
    edges: tuple[PlaybackEdge, ...] = ()
    """In order. If there are any, what was watched and for how long is derived from them."""

    @property
    def quarter_at(self) -> Instant:
        """The first heartbeat within the last quarter of an hour."""
        return self.first_at or self.last_at

    @property
    def last_quarter(self) -> Quarter:
        """What the last quarter added to the others."""
        first_at, watch_ms, watched, pages = self.quarter_at, self.watch_ms, self.watched, self.pages
        if self.quarters:
            covered, read = covered_by(self.quarters)
            watched, pages = watched - covered, pages - read
            watch_ms -= sum([each.watch_ms for each in self.quarters])
        return Quarter(
            first_at, self.last_at - first_at, watch_ms, watched.bounds, pages.bounds, self.attempt
        )

    @property
    def has_played(self) -> bool:
        """Whether the session may move the position of another device."""
        return (
            self.ended
            or not self.measured
            or self.watch_ms >= PLAYED_MS
            or self.watched.length >= PLAYED_MS
            or (bool(self.pages) and self.last_at - self.started_at >= PLAYED_MS)
        )

    def extent(self, start: int, end: int | None, *, is_part: bool = False) -> Intervals:
        """The media watched within [start, end) of the file, with the last gap closed if the end was reached.

        Of a part of a file nothing reports the end, so that the gap is closed wherever it is short.
        """
        watched = self.watched
        if start and watched.bounds and watched.bounds[0] < start:
            watched = watched - Intervals((0, start))
        if end is None or not watched.bounds:
            return watched
        missing = end - watched.bounds[-1]
        if missing < 0:
            return watched.clip(end)
        if 0 < missing <= LAST_GAP_MS and (self.ended or is_part):
            return Intervals((*watched.bounds[:-1], end))
        return watched


def begin(heartbeat: Heartbeat, attempt: Instant = NEVER) -> Session:
    """The session that consists of this heartbeat alone; `attempt` as in `Quarter`."""
    started = heartbeat.started_at
    measured = heartbeat.watched is not None or heartbeat.watch_ms is not None
    edges = () if heartbeat.edge is None or measured else edges_of(heartbeat)
    return Session(
        started_at=heartbeat.occurred_at if started is None else min(started, heartbeat.occurred_at),
        last_at=heartbeat.occurred_at,
        watched=without_gaps(heartbeat.watched or EMPTY),
        pages=heartbeat.pages_viewed or EMPTY,
        scroll=heartbeat.scroll_position or 0.0,
        watch_ms=heartbeat.watch_ms or 0,
        content_ms=heartbeat.content_ms or 0,
        hidden_ms=heartbeat.hidden_ms or 0,
        rate=MAX_RATE if heartbeat.playback_rate is None else heartbeat.playback_rate,
        reported=heartbeat.reported_percentage or 0.0,
        duration_ms=heartbeat.duration_ms or 0,
        position=position_of(heartbeat),
        ended=heartbeat.event == "ended",
        measured=measured or bool(edges),
        adjusted_ms=abs(heartbeat.adjusted_ms),
        attempt=attempt,
        edges=edges,
    )


def join_sessions(one: Session, other: Session) -> Session:
    """The join of two parts of a session; `one` itself if `other` adds nothing."""
    if one.edges or other.edges:
        joined = _join_with_edges(one, other)
        return one if joined == one else joined
    quarters, quarter_at, attempt = _join_quarters(one, other)
    last_at = one.last_at if one.last_at > other.last_at else other.last_at
    # `min` and `max` take three times as long, and this runs for every heartbeat.
    joined = Session(
        started_at=one.started_at if one.started_at < other.started_at else other.started_at,
        last_at=last_at,
        first_at=quarter_at if quarter_at != last_at else NEVER,
        watched=without_gaps(one.watched | other.watched),
        pages=one.pages | other.pages,
        scroll=one.scroll if one.scroll > other.scroll else other.scroll,
        watch_ms=one.watch_ms if one.watch_ms > other.watch_ms else other.watch_ms,
        content_ms=one.content_ms if one.content_ms > other.content_ms else other.content_ms,
        hidden_ms=one.hidden_ms if one.hidden_ms > other.hidden_ms else other.hidden_ms,
        rate=one.rate if one.rate > other.rate else other.rate,
        reported=one.reported if one.reported > other.reported else other.reported,
        duration_ms=one.duration_ms if one.duration_ms > other.duration_ms else other.duration_ms,
        position=later(one.position, other.position),
        ended=one.ended or other.ended,
        measured=one.measured or other.measured,
        adjusted_ms=one.adjusted_ms if one.adjusted_ms > other.adjusted_ms else other.adjusted_ms,
        quarters=quarters,
        attempt=attempt,
    )
    return one if joined == one else joined


def _join_quarters(one: Session, other: Session) -> tuple[tuple[Quarter, ...], Instant, Instant]:
    """The quarters before the last one; the first heartbeat within the last one; its attempt."""
    if not other.quarters or other.quarters == one.quarters:  # a heartbeat, nearly always
        mine, theirs = one.last_at // QUARTER_MS, other.last_at // QUARTER_MS
        if mine == theirs and one.attempt == other.attempt:
            first, second = one.first_at or one.last_at, other.first_at or other.last_at
            return one.quarters, first if first < second else second, one.attempt
        if not other.quarters and (theirs, other.attempt) > (mine, one.attempt):
            return (*one.quarters, one.last_quarter), other.first_at or other.last_at, other.attempt
    *before, last = merge((*each.quarters, each.last_quarter) for each in (one, other))
    return tuple(before), last.first_at, last.attempt


def _join_with_edges(one: Session, other: Session) -> Session:
    """The join of two of which at least one has edges; none are left if the other measured by itself."""
    is_measured = any(each.measured and not each.edges for each in (one, other))
    joined = join_sessions(_without_edges(one), _without_edges(other))
    if is_measured:
        return joined
    edges = join_edges(one.edges, other.edges)
    watched, watch_ms, quarters = derive(joined.quarters, edges)
    return replace(joined, edges=edges, watched=watched, watch_ms=watch_ms, quarters=quarters, measured=True)


def _without_edges(session: Session) -> Session:
    if not session.edges:
        return session
    quarters = underived(session.quarters)
    return replace(session, edges=(), watched=EMPTY, watch_ms=0, quarters=quarters, measured=False)


def join_all(sessions: Sequence[Session]) -> Session:
    """The join of one or more sessions, in one pass over the media."""
    if any(each.edges for each in sessions):
        return reduce(join_sessions, sessions)
    # In the order of time, each appends its quarter to those before.
    in_order = sorted(sessions, key=lambda each: (each.last_at // QUARTER_MS, each.attempt))
    bare = (replace(each, watched=EMPTY, pages=EMPTY, quarters=()) for each in in_order)
    *before, last = merge((*each.quarters, each.last_quarter) for each in sessions)
    return replace(
        reduce(join_sessions, bare),
        first_at=last.first_at if last.active_ms else NEVER,
        watched=without_gaps(union([each.watched for each in sessions])),
        pages=union([each.pages for each in sessions]),
        quarters=tuple(before),
        attempt=last.attempt,
    )


def later(one: Position | None, other: Position | None) -> Position | None:
    """The later position."""
    if one is None or other is None:
        return one if other is None else other
    if one.at != other.at:
        return one if one.at > other.at else other
    return other if other.order > one.order else one


def position_of(heartbeat: Heartbeat) -> Position | None:
    """The position that the heartbeat states."""
    page = heartbeat.page
    if page is None and heartbeat.pages_viewed:
        page = heartbeat.pages_viewed.bounds[-1] - 1
    if heartbeat.position_ms is None and heartbeat.scroll_position is None and page is None:
        return None
    return Position(
        heartbeat.occurred_at, heartbeat.sequence, heartbeat.position_ms, heartbeat.scroll_position, page
    )


def later_end(one: DurationAtEnd | None, other: DurationAtEnd | None) -> DurationAtEnd | None:
    """The later of two, the longer of the same instant."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda end: (end.at, end.duration_ms))


def later_claim(one: ClaimedPercentage | None, other: ClaimedPercentage | None) -> ClaimedPercentage | None:
    """The later of two."""
    if one is None or other is None:
        return one or other
    return max(one, other, key=lambda claim: (claim.at, claim.sequence, claim.percentage))
