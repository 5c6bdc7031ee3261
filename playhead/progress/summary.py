"""The summary: everything that is shown, derived by one function, `summarize`."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from playhead.progress.compaction import effective_duration
from playhead.progress.completion import (
    Accrual,
    accrue,
    accrue_since_reopening,
    completes,
    times_completed,
)
from playhead.progress.credit import wall_ms
from playhead.progress.heartbeat import ContentType
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
    """Rounded down; 100 only if all of it was covered or reported."""
    coverage: int = 0
    """The share of the item that was played or read at least once, in whole thousandths."""
    attained: int = 0
    """The share that counts towards completion, by any evidence that the policy accepts, in whole
    thousandths; 1000 if marked by hand. The item is completed under any threshold up to this."""
    evidence: Evidence = "watched"
    """The evidence for the completion, or else for the percentage."""
    kind: ContentType = "video"
    watched: Intervals = EMPTY
    """The credited media, in ms."""
    pages: Intervals = EMPTY
    page_count: int = 0
    duration_ms: int | None = None
    position_ms: int = 0
    scroll_position: float = 0.0
    content_ms: int = 0
    """Media time played, including repeats."""
    wall_ms: int = 0
    """Wall-clock time spent playing: half of `content_ms` at double speed."""
    total_sessions: int = 0
    completion_count: int = 0
    started_at: Instant | None = None
    last_at: Instant | None = None
    completed_at: Instant | None = None


def summarize(progress: Progress, policy: Policy) -> Summary:
    """Derive everything that is shown from `progress` under `policy`."""
    compacted = progress.compacted
    accrual = accrue(progress, policy)
    since_reopening = accrue_since_reopening(progress, policy) if progress.reopened_at else accrual
    completed = progress.completed_at is not None or completes(progress, since_reopening, policy)
    duration = effective_duration(progress, policy)
    wall, content = compacted.wall_ms, compacted.content_ms
    started, last = compacted.started_at, compacted.last_at
    for session in progress.sessions.values():
        wall += wall_ms(session, policy)
        started = session.started_at if started is None or session.started_at < started else started
        last = session.last_at if last is None or session.last_at > last else last
    for each in accrual.claims:
        content += each.credited_ms
    position = last_position(progress) or _START
    media_ms = position.media_ms or 0
    begun = accrual.covered.bounds or accrual.pages.bounds or accrual.reported or wall or media_ms
    return Summary(
        status="completed" if completed else "in_progress" if begun else "not_started",
        percentage=max(accrual.share, int(accrual.reported)),
        coverage=accrual.permille,
        attained=1000 if progress.is_marked else since_reopening.attained,
        evidence=_evidence(progress, accrual),
        kind=progress.kind,
        watched=accrual.covered,
        pages=accrual.pages,
        page_count=progress.page_count,
        duration_ms=duration,
        position_ms=media_ms if duration is None or media_ms < duration else duration,
        scroll_position=position.scroll or 0.0,
        content_ms=content,
        wall_ms=wall,
        total_sessions=compacted.sessions + len(progress.sessions),
        completion_count=times_completed(progress, accrual, policy) or int(completed),
        started_at=started,
        last_at=last,
        completed_at=progress.completed_at,
    )


_START = Position(Instant(0), 0, None, None)


def last_position(progress: Progress) -> Position | None:
    """The latest position, by the sessions that have played enough to move it."""
    latest, latest_key = progress.compacted.position, ""
    for key, session in progress.sessions.items():
        position = session.position
        if position is None or (latest is not None and position.at < latest.at) or not session.has_played:
            continue
        if latest is None or (position.order, key) > (latest.order, latest_key):
            latest, latest_key = position, key
    return latest


def _evidence(progress: Progress, accrual: Accrual) -> Evidence:
    if accrual.enough:
        return "watched"
    if progress.is_marked:
        return "manual"
    return "reported" if accrual.reported > accrual.share else "watched"
