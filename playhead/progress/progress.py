"""Progress: the join of a person's sessions with one item, and its registers.

`of` is the progress that one heartbeat alone reports; `join` combines two. Both are total, and `join` is
commutative, associative and idempotent, so the pipeline may be killed, replayed and reordered at any point.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from playhead.progress.acts import ItemAct, join_acts
from playhead.progress.heartbeat import ContentType, Heartbeat
from playhead.progress.identifiers import NEVER, Instant, SessionId, UserId
from playhead.progress.imports import ALL_OF_IT, Imports, ItemImport, join_imports
from playhead.progress.intervals import EMPTY, Intervals, union
from playhead.progress.session import (
    ClaimedPercentage,
    DurationAtEnd,
    OlderSessions,
    Position,
    Session,
    begin,
    join_all,
    join_sessions,
    later,
    later_claim,
    later_end,
)

VISIT_GAP_MS = 30 * 60_000
"""Heartbeats without a session id that are less than this apart form one session."""
VISIT_PREFIX = "~"
"""Begins the key of a session without a client's id; no UUID begins with it."""


class CompactedSessions(Struct, frozen=True, kw_only=True, gc=False, rename="camel", omit_defaults=True):
    """Totals of the sessions that are too old to receive another heartbeat. See `compaction`."""

    before: Instant = NEVER
    """Every heartbeat that occurred before this has been counted; another one is a replay."""
    sessions: int = 0
    started_at: Instant | None = None
    last_at: Instant | None = None
    layers: tuple[Intervals, ...] = ()
    """`layers[k - 1]` is the media that at least `below` + k viewings watched, over all attempts."""
    below: int = 0
    """Layers that a record leaves out: the item was watched in full so often whatever else becomes known."""
    attempt: Instant = NEVER
    """The attempt that `covered`, `pages`, `reported` and `scroll` belong to; 0 for the first."""
    covered: Intervals = EMPTY
    """The media covered in the attempt; empty of the first one, where `layers` has it."""
    pages: Intervals = EMPTY
    reported: float = 0.0
    scroll: float = 0.0
    content_ms: int = 0
    wall_ms: int = 0
    position: Position | None = None
    ended: DurationAtEnd | None = None
    """The latest."""
    furthest: int = 0
    """How far the players came that reached an end; 0 if none did."""
    active: tuple[tuple[Instant, Instant], ...] = ()
    """When the sessions were open, as far as it decides which acts begin an attempt; empty: all the time
    from `started_at` to `last_at`."""

    @property
    def active_spans(self) -> tuple[tuple[Instant, Instant], ...]:
        """First and last instant of each time in which sessions were open, as in `active`."""
        if self.active or self.started_at is None or self.last_at is None:
            return self.active
        return ((self.started_at, self.last_at),)

    def covered_in(self, attempt: Instant) -> Intervals:
        """The media covered in an attempt."""
        if attempt != self.attempt:
            return EMPTY
        return self.covered if attempt or self.covered.bounds or not self.layers else self.layers[0]


RecordedEvidence = Literal["watched", "reported"]


class Completion(Struct, frozen=True, gc=False, array_like=True):
    """When the threshold was crossed in an attempt. It stays, whatever changes later."""

    at: Instant
    attempt: Instant
    """When the attempt began; 0 for the first."""
    evidence: RecordedEvidence = "watched"


_JSON_NAMES = {
    "sessions": "byId",  # `playhead.wire.progress` writes the version in the place of `sessions`
    "compacted": "folded",
    "duration_ms": "durationMs",
    "page_count": "pageCount",
    "page_count_at": "pageCountAt",
}


class Progress(Struct, frozen=True, kw_only=True, gc=False, rename=_JSON_NAMES, omit_defaults=True):
    """How far one person has got with one item: the facts from which everything shown is derived."""

    older: OlderSessions | None = None
    """Set if this is a record without its older sessions, which `compacted` then sums as well."""
    sessions: dict[str, Session] = {}
    """By session id; without one, by `VISIT_PREFIX` and the start."""
    compacted: CompactedSessions = CompactedSessions()
    kind: ContentType = "video"
    duration_ms: int = 0
    """The largest duration claimed; 0 if none was."""
    page_count: int = 0
    """The latest number of pages stated; 0 if none was."""
    page_count_at: Instant = NEVER
    acts: tuple[ItemAct, ...] = ()
    """In order, see `ItemAct.order`."""
    completions: tuple[Completion, ...] = ()
    """At most one of each attempt, the oldest first; those by hand follow from the acts."""
    claimed: ClaimedPercentage | None = None
    """Of a course."""
    merged: tuple[UserId, ...] = ()
    """The people whose compacted sessions were added, see `merging`; in order."""
    imports: Imports = ()


NOTHING = Progress()
"""The progress with an item never opened: the neutral element of `join`."""

_KIND_ORDER: tuple[ContentType, ...] = ("video", "document", "course")


def of(heartbeat: Heartbeat, attempt: Instant = NEVER) -> Progress:
    """The progress that one heartbeat alone reports; `attempt` as in `Quarter`."""
    kind, event = heartbeat.kind or "video", heartbeat.event
    if event in ("complete", "reopen", "attempt", "expire", "rule"):
        act = ItemAct(heartbeat.occurred_at, event, heartbeat.acting_user, heartbeat.adjusted_ms)
        return Progress(kind=kind, acts=(act,))
    if event == "import":
        return Progress(kind=kind, imports=(_imported(heartbeat),))
    session = begin(heartbeat, attempt)
    page_count = heartbeat.page_count or 0
    claim = heartbeat.reported_percentage if kind == "course" else None
    return Progress(
        sessions={heartbeat.session_id or _visit_key(session): session},
        kind=kind,
        duration_ms=heartbeat.duration_ms or 0,
        page_count=page_count,
        page_count_at=heartbeat.occurred_at if page_count else NEVER,
        claimed=None
        if claim is None
        else ClaimedPercentage(heartbeat.occurred_at, heartbeat.sequence, claim),
    )


def join(one: Progress, other: Progress) -> Progress:
    """The join of two; `one` itself if `other` adds nothing.

    If the two are compacted up to different times, the totals of the later one are kept: both stem from the
    same log, so they include everything that the earlier one would compact until then.
    """
    compacted = _compacted_of(one, other)
    edition = max((one.page_count_at, one.page_count), (other.page_count_at, other.page_count))
    joined = Progress(
        sessions=_join_sessions(one.sessions, other.sessions, compacted.before),
        compacted=compacted,
        kind=max(one.kind, other.kind, key=_KIND_ORDER.index) if one.kind != other.kind else one.kind,
        duration_ms=max(one.duration_ms, other.duration_ms),
        page_count=edition[1],
        page_count_at=edition[0],
        acts=join_acts(one.acts, other.acts),
        completions=join_completions(one.completions, other.completions),
        claimed=later_claim(one.claimed, other.claimed),
        merged=join_merged(one.merged, other.merged),
        imports=join_imports(one.imports, other.imports),
        older=one.older or other.older,
    )
    return one if joined == one else joined


def is_visit(key: str) -> bool:
    """Whether this is the key of a session without a client's id."""
    return key.startswith(VISIT_PREFIX)


def named(key: str) -> SessionId | None:
    """The client's id of the session with this key; None if it gave none."""
    return None if is_visit(key) else SessionId(key)


def _imported(heartbeat: Heartbeat) -> ItemImport:
    percentage = heartbeat.reported_percentage or 0.0
    return ItemImport(
        heartbeat.heartbeat_id,
        heartbeat.occurred_at,
        percentage,
        heartbeat.watch_ms or 0,
        heartbeat.received_at,
        percentage >= ALL_OF_IT,  # all of it
    )


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


def _compacted_of(one: Progress, other: Progress) -> CompactedSessions:
    """The totals of both; those of the one into which more people were merged include the other's."""
    if one.merged == other.merged:
        return _join_compacted(one.compacted, other.compacted)
    return max(one, other, key=lambda each: (len(each.merged), each.merged)).compacted


def _join_compacted(one: CompactedSessions, other: CompactedSessions) -> CompactedSessions:
    if one.before != other.before:
        return max(one, other, key=lambda compacted: compacted.before)
    if one == other:
        return one
    layers = max(len(one.layers), len(other.layers))
    latest = max(one, other, key=lambda compacted: compacted.attempt)
    alike = [each for each in (one, other) if each.attempt == latest.attempt]
    return replace(
        one,
        sessions=max(one.sessions, other.sessions),
        started_at=_least(one.started_at, other.started_at),
        last_at=max(one.last_at or NEVER, other.last_at or NEVER) or None,
        layers=tuple(_layer(one, k) | _layer(other, k) for k in range(layers)),
        below=max(one.below, other.below),
        attempt=latest.attempt,
        covered=union([each.covered for each in alike]),
        pages=union([each.pages for each in alike]),
        reported=max(each.reported for each in alike),
        scroll=max(each.scroll for each in alike),
        content_ms=max(one.content_ms, other.content_ms),
        wall_ms=max(one.wall_ms, other.wall_ms),
        position=later(one.position, other.position),
        ended=later_end(one.ended, other.ended),
        furthest=max(one.furthest, other.furthest),
        active=tuple(sorted({*one.active_spans, *other.active_spans})) if one.active or other.active else (),
    )


def _layer(compacted: CompactedSessions, index: int) -> Intervals:
    return compacted.layers[index] if index < len(compacted.layers) else EMPTY


def _least(one: Instant | None, other: Instant | None) -> Instant | None:
    return min(one, other) if one is not None and other is not None else one or other


def join_completions(one: tuple[Completion, ...], other: tuple[Completion, ...]) -> tuple[Completion, ...]:
    """The completions of both; of one attempt, the earlier one."""
    if one == other or not other:
        return one
    earliest: dict[Instant, Completion] = {}
    for each in (*one, *other):
        known = earliest.get(each.attempt)
        if known is None or (each.at, each.evidence) < (known.at, known.evidence):
            earliest[each.attempt] = each
    return tuple(earliest[attempt] for attempt in sorted(earliest))


def join_merged(one: tuple[UserId, ...], other: tuple[UserId, ...]) -> tuple[UserId, ...]:
    """The people of both, in order."""
    return one if one == other or not other else tuple(sorted({*one, *other}))
