"""Progress: the join of a person's sessions with one item, and its registers.

`of` is the progress that one heartbeat alone reports; `join` combines two. Both are total, and `join` is
commutative, associative and idempotent, so the pipeline may be killed, replayed and reordered at any point.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from playhead.progress.heartbeat import ContentType, Heartbeat
from playhead.progress.identifiers import Instant, SessionId
from playhead.progress.intervals import EMPTY, Intervals
from playhead.progress.session import Position, Session, begin, join_all, join_sessions, later

VISIT_GAP_MS = 30 * 60_000
"""Heartbeats without a session id that are less than this apart form one session."""
VISIT_PREFIX = "~"
"""Begins the key of a session without a client's id; no UUID begins with it."""


class CompactedSessions(Struct, frozen=True, kw_only=True, gc=False, rename="camel", omit_defaults=True):
    """Totals of the sessions that are too old to receive another heartbeat. See `compaction`."""

    before: Instant = Instant(0)
    """Every heartbeat that occurred before this has been counted; another one is a replay."""
    sessions: int = 0
    started_at: Instant | None = None
    last_at: Instant | None = None
    layers: tuple[Intervals, ...] = ()
    """`layers[k - 1]` is the media watched at least k times."""
    pages: Intervals = EMPTY
    content_ms: int = 0
    wall_ms: int = 0
    reported: float = 0.0
    position: Position | None = None


class Completion(Struct, frozen=True, gc=False, array_like=True):
    """When the threshold was crossed; sticky until the item is reopened."""

    at: Instant
    reopened_at: Instant
    """The reopening before this completion, 0 if none; a later one revokes the completion."""


_JSON_NAMES = {
    "compacted": "folded",  # the name that stored progress has
    "duration_ms": "durationMs",
    "page_count": "pageCount",
    "marked_at": "markedAt",
    "reopened_at": "reopenedAt",
}


class Progress(Struct, frozen=True, kw_only=True, gc=False, rename=_JSON_NAMES, omit_defaults=True):
    """How far one person has got with one item: the facts from which everything shown is derived."""

    sessions: dict[str, Session] = {}
    """By session id; without one, by `VISIT_PREFIX` and the start."""
    compacted: CompactedSessions = CompactedSessions()
    kind: ContentType = "video"
    duration_ms: int = 0
    """The largest duration claimed; 0 if none was."""
    page_count: int = 0
    marked_at: Instant = Instant(0)
    """The latest manual completion."""
    reopened_at: Instant = Instant(0)
    """The latest reopening; earlier sessions no longer count towards completion."""
    completion: Completion | None = None

    @property
    def completed_at(self) -> Instant | None:
        """When the item was completed, as recorded at that time; None if it is not, or was reopened."""
        if self.completion is None or self.completion.reopened_at < self.reopened_at:
            return None
        return self.completion.at

    @property
    def is_marked(self) -> bool:
        """Whether the item is marked complete by hand."""
        return self.marked_at > 0 and self.marked_at >= self.reopened_at


NOTHING = Progress()
"""The progress with an item never opened: the neutral element of `join`."""

_KIND_ORDER: tuple[ContentType, ...] = ("video", "document", "course")


def of(heartbeat: Heartbeat) -> Progress:
    """The progress that one heartbeat alone reports."""
    if heartbeat.event == "complete":
        return Progress(marked_at=heartbeat.occurred_at, kind=heartbeat.kind or "video")
    if heartbeat.event in ("reopen", "attempt"):
        return Progress(reopened_at=heartbeat.occurred_at, kind=heartbeat.kind or "video")
    session = begin(heartbeat)
    return Progress(
        sessions={heartbeat.session_id or _visit_key(session): session},
        kind=heartbeat.kind or "video",
        duration_ms=heartbeat.duration_ms or 0,
        page_count=heartbeat.page_count or 0,
    )


def absorb(progress: Progress, heartbeat: Heartbeat) -> Progress:
    """`join(progress, of(heartbeat))`, with a shortcut for a known session, the usual case."""
    key = heartbeat.session_id
    known = progress.sessions.get(key) if key is not None and not heartbeat.is_mark else None
    if key is None or known is None:
        return join(progress, of(heartbeat))
    session = join_sessions(known, begin(heartbeat))
    duration_ms, page_count = heartbeat.duration_ms or 0, heartbeat.page_count or 0
    kind = heartbeat.kind or "video"
    if duration_ms > progress.duration_ms or page_count > progress.page_count or kind != progress.kind:
        return join(progress, of(heartbeat))
    if session is known:
        return progress
    return Progress(
        sessions=progress.sessions | {key: session},
        compacted=progress.compacted,
        kind=progress.kind,
        duration_ms=progress.duration_ms,
        page_count=progress.page_count,
        marked_at=progress.marked_at,
        reopened_at=progress.reopened_at,
        completion=progress.completion,
    )


def join(one: Progress, other: Progress) -> Progress:
    """The join of two; `one` itself if `other` adds nothing.

    If the two are compacted up to different times, the totals of the later one are kept: both stem from the
    same log, so they include everything that the earlier one would compact until then.
    """
    compacted = _join_compacted(one.compacted, other.compacted)
    joined = Progress(
        sessions=_join_sessions(one.sessions, other.sessions, compacted.before),
        compacted=compacted,
        kind=max(one.kind, other.kind, key=_KIND_ORDER.index) if one.kind != other.kind else one.kind,
        duration_ms=max(one.duration_ms, other.duration_ms),
        page_count=max(one.page_count, other.page_count),
        marked_at=max(one.marked_at, other.marked_at),
        reopened_at=max(one.reopened_at, other.reopened_at),
        completion=_join_completion(one.completion, other.completion),
    )
    return one if joined == one else joined


def is_visit(key: str) -> bool:
    """Whether this is the key of a session without a client's id."""
    return key.startswith(VISIT_PREFIX)


def named(key: str) -> SessionId | None:
    """The client's id of the session with this key; None if it gave none."""
    return None if is_visit(key) else SessionId(key)


def _visit_key(session: Session) -> str:
    return f"{VISIT_PREFIX}{session.started_at}"


def _join_sessions(one: dict[str, Session], other: dict[str, Session], before: Instant) -> dict[str, Session]:
    joined = dict(one)
    for key, session in other.items():
        known = joined.get(key)
        joined[key] = session if known is None else join_sessions(known, session)
    if any(map(is_visit, other)) and len(joined) > 1:
        joined = _join_visits(joined)
    if before and any(session.last_at < before for session in joined.values()):
        return {key: session for key, session in joined.items() if session.last_at >= before}
    return joined


def _join_visits(sessions: dict[str, Session]) -> dict[str, Session]:
    """Join the sessions without id that are less than the gap apart."""
    joined = {key: session for key, session in sessions.items() if not is_visit(key)}
    visits = sorted(
        (session for key, session in sessions.items() if is_visit(key)),
        key=lambda session: session.started_at,
    )
    groups: list[list[Session]] = []
    last_at = 0
    for visit in visits:
        if groups and visit.started_at - last_at < VISIT_GAP_MS:
            groups[-1].append(visit)
        else:
            groups.append([visit])
            last_at = 0
        last_at = max(last_at, visit.last_at)
    whole = (join_all(group) if len(group) > 1 else group[0] for group in groups)
    return joined | {_visit_key(session): session for session in whole}


def _join_compacted(one: CompactedSessions, other: CompactedSessions) -> CompactedSessions:
    if one.before != other.before:
        return max(one, other, key=lambda compacted: compacted.before)
    if one == other:
        return one
    layers = max(len(one.layers), len(other.layers))
    return replace(
        one,
        sessions=max(one.sessions, other.sessions),
        started_at=_least(one.started_at, other.started_at),
        last_at=max(one.last_at or Instant(0), other.last_at or Instant(0)) or None,
        layers=tuple(_layer(one, k) | _layer(other, k) for k in range(layers)),
        pages=one.pages | other.pages,
        content_ms=max(one.content_ms, other.content_ms),
        wall_ms=max(one.wall_ms, other.wall_ms),
        reported=max(one.reported, other.reported),
        position=later(one.position, other.position),
    )


def _layer(compacted: CompactedSessions, index: int) -> Intervals:
    return compacted.layers[index] if index < len(compacted.layers) else EMPTY


def _least(one: Instant | None, other: Instant | None) -> Instant | None:
    return min(one, other) if one is not None and other is not None else one or other


def _join_completion(one: Completion | None, other: Completion | None) -> Completion | None:
    if one is None or other is None:
        return one or other
    if one.reopened_at != other.reopened_at:
        return max(one, other, key=lambda completion: completion.reopened_at)
    return min(one, other, key=lambda completion: completion.at)
