"""Progress: the join of a person's sessions with one item, and its registers.

`of` makes the progress that one heartbeat alone tells of; `join` puts two of them together. Both are
total, and `join` is commutative, associative and idempotent, which is what makes the pipeline safe to
kill, replay and reorder at any point.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from playhead.progress.heartbeat import ContentType, Heartbeat
from playhead.progress.identifiers import Instant, SessionId
from playhead.progress.intervals import EMPTY, Intervals
from playhead.progress.session import Position, Session, begin, join_all, join_sessions, later

VISIT_GAP_MS = 30 * 60_000
"""Heartbeats without a session id, less than this apart, are one session."""
VISIT_PREFIX = "~"
"""Begins the key of a session that no client named; no UUID does."""


class Folded(Struct, frozen=True, kw_only=True, gc=False, rename="camel", omit_defaults=True):
    """Sessions too old for another heartbeat of theirs to arrive, kept as sums. See `folding`."""

    before: Instant = Instant(0)
    """Heartbeats that occurred before this were counted already; one seen now is a replay."""
    sessions: int = 0
    started_at: Instant | None = None
    last_at: Instant | None = None
    layers: tuple[Intervals, ...] = ()
    """`layers[k - 1]` is what was watched at least k times."""
    pages: Intervals = EMPTY
    content_ms: int = 0
    wall_ms: int = 0
    reported: float = 0.0
    position: Position | None = None


class Completion(Struct, frozen=True, gc=False, array_like=True):
    """When the threshold was crossed; sticky until the item is reopened."""

    at: Instant
    reopened_at: Instant
    """The reopening that this completion came after, 0 for none: it holds until a later one."""


class Progress(Struct, frozen=True, kw_only=True, gc=False, rename="camel", omit_defaults=True):
    """How far one person has got with one item: what is known, of which everything shown is derived."""

    sessions: dict[str, Session] = {}
    """By session id; one that no client named goes by `VISIT_PREFIX` and its start."""
    folded: Folded = Folded()
    kind: ContentType = "video"
    duration_ms: int = 0
    """The largest claimed; 0 while nobody claimed any."""
    page_count: int = 0
    marked_at: Instant = Instant(0)
    """The latest manual completion."""
    reopened_at: Instant = Instant(0)
    """The latest undoing of completion; what was watched in earlier sessions no longer completes."""
    completion: Completion | None = None

    @property
    def completed_at(self) -> Instant | None:
        """When it was completed, if it is, as far as was noted when it happened."""
        if self.completion is None or self.completion.reopened_at < self.reopened_at:
            return None
        return self.completion.at

    @property
    def is_marked(self) -> bool:
        """Whether it stands completed by hand."""
        return self.marked_at > 0 and self.marked_at >= self.reopened_at


NOTHING = Progress()
"""The progress of somebody who never opened the item: the neutral element of `join`."""

_KIND_ORDER: tuple[ContentType, ...] = ("video", "document", "course")


def of(heartbeat: Heartbeat) -> Progress:
    """What one heartbeat tells, taken alone."""
    if heartbeat.event == "complete":
        return Progress(marked_at=heartbeat.occurred_at, kind=heartbeat.kind or "video")
    if heartbeat.event == "reopen":
        return Progress(reopened_at=heartbeat.occurred_at, kind=heartbeat.kind or "video")
    session = begin(heartbeat)
    return Progress(
        sessions={heartbeat.session_id or _visit_key(session): session},
        kind=heartbeat.kind or "video",
        duration_ms=heartbeat.duration_ms or 0,
        page_count=heartbeat.page_count or 0,
    )


def absorb(progress: Progress, heartbeat: Heartbeat) -> Progress:
    """`join(progress, of(heartbeat))`, the quick way where the session is known, as it nearly always is."""
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
        folded=progress.compacted,
        kind=progress.kind,
        duration_ms=progress.duration_ms,
        page_count=progress.page_count,
        marked_at=progress.marked_at,
        reopened_at=progress.reopened_at,
        completion=progress.completion,
    )


def join(one: Progress, other: Progress) -> Progress:
    """What both know together; `one` itself where `other` adds nothing.

    Where the two have folded up to different days, the later one's sums stand, since whatever the
    earlier one would fold until then is in them: both read the same log.
    """
    folded = _join_folded(one.folded, other.folded)
    joined = Progress(
        sessions=_join_sessions(one.sessions, other.sessions, folded.before),
        folded=folded,
        kind=max(one.kind, other.kind, key=_KIND_ORDER.index) if one.kind != other.kind else one.kind,
        duration_ms=max(one.duration_ms, other.duration_ms),
        page_count=max(one.page_count, other.page_count),
        marked_at=max(one.marked_at, other.marked_at),
        reopened_at=max(one.reopened_at, other.reopened_at),
        completion=_join_completion(one.completion, other.completion),
    )
    return one if joined == one else joined


def is_visit(key: str) -> bool:
    """Whether this is the key of a session that no client named."""
    return key.startswith(VISIT_PREFIX)


def named(key: str) -> SessionId | None:
    """The client's id of the session with this key, None where the client gave none."""
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
    """Join the unnamed sessions that lie less than the gap apart: they were one all along."""
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


def _join_folded(one: Folded, other: Folded) -> Folded:
    if one.before != other.before:
        return max(one, other, key=lambda folded: folded.before)
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


def _layer(folded: Folded, index: int) -> Intervals:
    return folded.layers[index] if index < len(folded.layers) else EMPTY


def _least(one: Instant | None, other: Instant | None) -> Instant | None:
    return min(one, other) if one is not None and other is not None else one or other


def _join_completion(one: Completion | None, other: Completion | None) -> Completion | None:
    if one is None or other is None:
        return one or other
    if one.reopened_at != other.reopened_at:
        return max(one, other, key=lambda completion: completion.reopened_at)
    return min(one, other, key=lambda completion: completion.at)
