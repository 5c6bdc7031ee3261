"""The summary: everything that is shown, derived by one function, `summarize`."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from playhead.progress.acts import ItemAttempt
from playhead.progress.attempts import attempts
from playhead.progress.figures.completion import (
    Accrual,
    accrue,
    completes,
    is_claimed,
    page_count,
    times_completed,
)
from playhead.progress.figures.credit import claim, content_ms
from playhead.progress.figures.watch_time import watch_time_ms
from playhead.progress.heartbeat import ContentType
from playhead.progress.identifiers import NEVER, Instant, UserId
from playhead.progress.imports import imported_watch_ms
from playhead.progress.intervals import EMPTY, Intervals
from playhead.progress.policy import Policy
from playhead.progress.progress import Progress
from playhead.progress.session import Position

Status = Literal["not_started", "in_progress", "completed"]
Evidence = Literal["watched", "reported", "manual", "imported", "rule"]
"""`imported`: a file says so. `rule`: a changed rule completed what was watched before."""
MOST_BEFORE_COMPLETION = 99


class CompletedAttempt(Struct, frozen=True, gc=False, rename="camel", omit_defaults=True):
    """The completion of one attempt."""

    at: Instant
    evidence: Evidence
    by: UserId | None = None
    """Who marked it on the person's behalf."""


class Summary(Struct, frozen=True, kw_only=True, gc=False, rename="camel", omit_defaults=True):
    """How far one person has got with one item, as shown."""

    status: Status = "not_started"
    percentage: int = 0
    """100 when completed; else the larger of the coverage and a believed claim, rounded down, at most 99."""
    coverage: int = 0
    """The share that was played or read in the current attempt, in whole thousandths."""
    attained: int = 0
    """The share that counts towards completion, by any evidence that the policy accepts, in whole
    thousandths; 1000 if marked by hand. The item is completed under any threshold up to this."""
    evidence: Evidence = "watched"
    """The evidence for the completion, or else for the percentage."""
    kind: ContentType = "video"
    watched: Intervals = EMPTY
    """The credited media of the current attempt, in ms of the file."""
    pages: Intervals = EMPTY
    page_count: int = 0
    start_ms: int = 0
    """Where the item begins in its file."""
    duration_ms: int | None = None
    position_ms: int = 0
    """In the file."""
    scroll_position: float = 0.0
    page: int = 0
    """The last page; 0 if there is none."""
    content_ms: int = 0
    """Media time played, including repeats; what was imported is taken to be played at normal speed."""
    wall_ms: int = 0
    """Wall-clock time spent playing: half of `content_ms` at double speed."""
    total_sessions: int = 0
    completion_count: int = 0
    started_at: Instant | None = None
    """None also for what was only imported: when it was begun is not known."""
    last_at: Instant | None = None
    completed_at: Instant | None = None
    """Of the current attempt."""
    attempt: int = 1
    attempt_at: Instant | None = None
    """When the current attempt began; None for the first."""
    attempts: tuple[Instant, ...] = ()
    """When each attempt after the first began."""
    completions: tuple[CompletedAttempt, ...] = ()
    """Of every attempt, the oldest first."""


def summarize(progress: Progress, policy: Policy) -> Summary:
    """Derive everything that is shown from `progress` under `policy`."""
    compacted, every = progress.compacted, attempts(progress)
    current = every[-1]
    accrual = accrue(progress, policy, current)
    completions = _completions(progress, every) if progress.completions or progress.acts else ()
    latest = completions.get(current.since) if completions else None
    dated = tuple(completions.values()) if completions else ()
    if progress.imports:
        dated, latest = _with_imports(progress, dated, latest, current)
    completed = latest is not None or completes(accrual, policy)
    if accrual.imported and not completed:
        completed = is_claimed(accrual.imported, policy)
    started, last = compacted.started_at, compacted.last_at
    for session in progress.sessions.values():
        started = session.started_at if started is None or session.started_at < started else started
        last = session.last_at if last is None or session.last_at > last else last
    for act in progress.acts:
        if act.kind == "complete" and any(attempt.mark is act for attempt in every):
            started = act.at if started is None or act.at < started else started
            last = act.at if last is None or act.at > last else last
    for each in progress.imports:
        last = each.instant if last is None or each.instant > last else last
    times, least = times_completed(progress, policy, accrual), len(dated) or int(completed)
    span = accrual.span
    duration = span.duration_ms
    position = last_position(progress, current.since) or _START
    media_ms = position.media_ms or 0
    attained = accrual.attained
    imported_ms = imported_watch_ms(progress.imports) if progress.imports else 0
    percentage = attained // 10
    # In two steps: all fields by name take four times as long.
    summary = Summary(
        status="completed" if completed else "in_progress" if last is not None else "not_started",
        percentage=100 if completed else percentage if percentage < 100 else MOST_BEFORE_COMPLETION,
        coverage=accrual.permille,
        attained=1000 if current.mark is not None else attained,
        watched=accrual.covered,
        duration_ms=duration,
        position_ms=media_ms if span.end_ms is None or media_ms < span.end_ms else span.end_ms,
        content_ms=_content_ms(progress, policy, accrual) + imported_ms,
        wall_ms=compacted.wall_ms + watch_time_ms(progress.sessions.values(), policy) + imported_ms,
        total_sessions=compacted.sessions + len(progress.sessions),
        completion_count=times if times > least else least,
        started_at=started,
        last_at=last,
    )
    evidence = _evidence(accrual, current, latest, policy)
    if (
        not dated
        and not span.start_ms
        and progress.kind == "video"
        and evidence == "watched"
        and latest is None
        and len(every) == 1
        and not (accrual.pages.bounds or page_count(progress, policy))
        and not (position.scroll or position.page)
    ):
        return summary  # all other fields have their defaults, nearly always
    return replace(
        summary,
        evidence=evidence,
        kind=progress.kind,
        pages=accrual.pages,
        page_count=page_count(progress, policy),
        start_ms=span.start_ms,
        scroll_position=position.scroll or 0.0,
        page=position.page or 0,
        completed_at=None if latest is None else latest.at,
        attempt=len(every),
        attempt_at=current.since or None,
        attempts=tuple(each.since for each in every[1:]) if len(every) > 1 else (),
        completions=dated,
    )


_START = Position(NEVER, 0, None, None)


def last_position(progress: Progress, since: Instant = NEVER) -> Position | None:
    """The latest position since an instant, by the sessions that have played enough to move it."""
    latest, latest_key = progress.compacted.position, ""
    for key, session in progress.sessions.items():
        position = session.position
        if position is None or (latest is not None and position.at < latest.at) or not session.has_played:
            continue
        if latest is None or (position.order, key) > (latest.order, latest_key):
            latest, latest_key = position, key
    return latest if latest is None or latest.at >= since else None


def _completions(progress: Progress, every: tuple[ItemAttempt, ...]) -> dict[Instant, CompletedAttempt]:
    """The completions by the beginning of their attempt: by hand, by a rule, or recorded, the earliest."""
    found = {each.attempt: CompletedAttempt(each.at, each.evidence) for each in progress.completions}
    for attempt in every:
        for act in (attempt.rule, attempt.mark):
            known = found.get(attempt.since)
            if act is not None and (known is None or act.at < known.at):
                evidence: Evidence = "rule" if act.kind == "rule" else "manual"
                found[attempt.since] = CompletedAttempt(act.at, evidence, act.by)
    return dict(sorted(found.items()))


def _with_imports(
    progress: Progress,
    dated: tuple[CompletedAttempt, ...],
    latest: CompletedAttempt | None,
    current: ItemAttempt,
) -> tuple[tuple[CompletedAttempt, ...], CompletedAttempt | None]:
    """All completions, with those that were imported; and that of the current attempt, the earliest."""
    found = {
        each.instant: CompletedAttempt(each.instant, "imported")
        for each in progress.imports
        if each.completed
    }
    latest = min(
        (*(each for each in found.values() if each.at >= current.since), *filter(None, (latest,))),
        key=lambda each: each.at,
        default=None,
    )
    found |= {each.at: each for each in dated}
    return tuple(sorted(found.values(), key=lambda each: each.at)), latest


def _content_ms(progress: Progress, policy: Policy, accrual: Accrual) -> int:
    total = progress.compacted.content_ms
    if progress.acts:
        for session in progress.sessions.values():
            total += content_ms(session, policy, claim(session, policy, accrual.span).credited_ms)
        return total
    claims = iter(accrual.claims)
    for session in progress.sessions.values():
        if session.watched.bounds:
            credited = next(claims).credited_ms
            total += content_ms(session, policy, credited) if session.content_ms > credited else credited
        elif session.content_ms:
            total += content_ms(session, policy, 0)
    return total


def _evidence(
    accrual: Accrual, attempt: ItemAttempt, latest: CompletedAttempt | None, policy: Policy
) -> Evidence:
    if latest is not None and latest.evidence == "rule" and attempt.mark is None:
        return "rule"
    if accrual.enough:
        return "watched"
    if attempt.mark is not None:
        return "manual"
    if not (accrual.reported or accrual.imported):
        return "watched"
    imported = int(accrual.imported * 10)
    if imported and imported >= int(accrual.reported * 10) and imported > accrual.permille:
        return "imported"
    is_reported = is_claimed(accrual.reported, policy) or int(accrual.reported * 10) > accrual.permille
    return "reported" if is_reported else "watched"
