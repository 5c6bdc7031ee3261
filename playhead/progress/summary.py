"""`summarize`: the one function from which everything shown is derived."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from playhead.progress.completion import (
    Accrual,
    accrue,
    accrue_anew,
    completes,
    has_watched_enough,
    times_completed,
)
from playhead.progress.credit import wall_ms
from playhead.progress.folding import effective_duration
from playhead.progress.heartbeat import Kind
from playhead.progress.identifiers import Instant
from playhead.progress.intervals import EMPTY, Intervals
from playhead.progress.policy import Policy
from playhead.progress.progress import Progress
from playhead.progress.session import Position

Status = Literal["not_started", "in_progress", "completed"]
Evidence = Literal["watched", "reported", "manual"]


class Summary(Struct, frozen=True, kw_only=True, gc=False, rename="camel", omit_defaults=True):
    """How far one person has got with one item, as shown."""

    status: Status = "not_started"
    percentage: int = 0
    """Floored; 100 only when all of it was covered or reported."""
    evidence: Evidence = "watched"
    """What the percentage, or the completion where there is one, rests on."""
    kind: Kind = "video"
    watched: Intervals = EMPTY
    """What was credited, in ms."""
    pages: Intervals = EMPTY
    page_count: int = 0
    duration_ms: int | None = None
    position_ms: int = 0
    scroll_position: float = 0.0
    content_ms: int = 0
    """Media time played, rewatching included."""
    wall_ms: int = 0
    """Wall-clock time spent playing: half of `content_ms` at double speed."""
    total_sessions: int = 0
    completion_count: int = 0
    started_at: Instant | None = None
    last_at: Instant | None = None
    completed_at: Instant | None = None


def summarize(progress: Progress, policy: Policy) -> Summary:
    """Derive everything shown of `progress` under `policy`."""
    duration = effective_duration(progress, policy)
    sessions, folded = progress.sessions.values(), progress.folded
    accrual = accrue(progress, policy)
    completed = progress.completed_at is not None or _completes_now(progress, accrual, policy)
    position = last_position(progress)
    media_ms = (position.media_ms or 0) if position else 0
    wall = folded.wall_ms + sum(wall_ms(session, policy) for session in sessions)
    begun = accrual.covered or accrual.pages or accrual.reported or wall or media_ms
    return Summary(
        status="completed" if completed else "in_progress" if begun else "not_started",
        percentage=_percentage(progress, accrual, duration),
        evidence=_evidence(progress, accrual, duration, policy),
        kind=progress.kind,
        watched=accrual.covered,
        pages=accrual.pages,
        page_count=progress.page_count,
        duration_ms=duration,
        position_ms=media_ms if duration is None else min(media_ms, duration),
        scroll_position=(position.scroll or 0.0) if position else 0.0,
        content_ms=folded.content_ms + sum(each.credited_ms for each in accrual.claims),
        wall_ms=wall,
        total_sessions=folded.sessions + len(sessions),
        completion_count=max(times_completed(progress, accrual, policy), int(completed)),
        started_at=folded.started_at or min((each.started_at for each in sessions), default=None),
        last_at=max((each.last_at for each in sessions), default=folded.last_at),
        completed_at=progress.completed_at,
    )


def last_position(progress: Progress) -> Position | None:
    """Where the person was last, by the sessions that have played enough to say so."""
    candidates = [
        (session.position.order, key, session.position)
        for key, session in progress.sessions.items()
        if session.position is not None and session.has_played
    ]
    if progress.folded.position is not None:
        candidates.append((progress.folded.position.order, "", progress.folded.position))
    return max(candidates)[-1] if candidates else None


def _completes_now(progress: Progress, accrual: Accrual, policy: Policy) -> bool:
    return completes(progress, accrue_anew(progress, policy) if progress.reopened_at else accrual, policy)


def _share(covered: int, whole: int | None) -> int:
    return min(100, covered * 100 // whole) if whole else 0


def _watched_percentage(progress: Progress, accrual: Accrual, duration: int | None) -> int:
    return max(_share(accrual.covered.length, duration), _share(accrual.pages.length, progress.page_count))


def _percentage(progress: Progress, accrual: Accrual, duration: int | None) -> int:
    return max(_watched_percentage(progress, accrual, duration), int(accrual.reported))


def _evidence(progress: Progress, accrual: Accrual, duration: int | None, policy: Policy) -> Evidence:
    if has_watched_enough(progress, accrual, policy):
        return "watched"
    if progress.is_marked:
        return "manual"
    return "reported" if accrual.reported > _watched_percentage(progress, accrual, duration) else "watched"
