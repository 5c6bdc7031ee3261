"""Derives the attempts at an item from the acts and the sessions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec.structs import replace

from playhead.progress.acts import FIRST_ATTEMPT, ItemAct, ItemAttempt
from playhead.progress.identifiers import NEVER, Instant
from playhead.progress.imports import ItemImport, imports_between
from playhead.progress.progress import Progress
from playhead.progress.quarters import QUARTER_MS, covered_by
from playhead.progress.session import Session

ActEffect = Literal["mark", "mark_removed", "attempt", "expired"]


def effects(progress: Progress) -> Iterator[tuple[ItemAct, ActEffect]]:
    """The acts that marked the item or began an attempt, in order, each with what it did; see `attempts`."""
    since, is_marked = NEVER, False
    for act in progress.acts:
        if act.kind == "complete":
            if not is_marked:
                is_marked = True
                yield act, "mark"
        elif act.kind == "rule":
            continue
        elif act.kind == "reopen" and is_marked:
            is_marked = False
            yield act, "mark_removed"
        elif is_marked or _was_active(progress, since, act.at):
            since, is_marked = act.at, False
            yield act, "expired" if act.kind == "expire" else "attempt"


def attempts(progress: Progress) -> tuple[ItemAttempt, ...]:
    """The attempts, the oldest first; there is always one.

    Two acts between which nothing happened are one: a double click, or a request that was sent again.
    """
    if not progress.acts:
        return (FIRST_ATTEMPT,)
    found: list[ItemAttempt] = []
    since, mark, rule = NEVER, None, None
    for act in progress.acts:
        if act.kind == "complete":
            mark = mark or act
        elif act.kind == "rule":
            rule = rule or act
        elif act.kind == "reopen" and mark is not None:
            mark = None
        elif mark is not None or _was_active(progress, since, act.at):
            found.append(ItemAttempt(since, act.at, mark, rule))
            since, mark, rule = act.at, None, None
    return (*found, ItemAttempt(since, None, mark, rule))


def current_attempt(progress: Progress) -> ItemAttempt:
    """The latest attempt."""
    return attempts(progress)[-1] if progress.acts else FIRST_ATTEMPT


def attempt_at(progress: Progress, at: Instant) -> ItemAttempt:
    """The attempt that was current at an instant."""
    return next(each for each in reversed(attempts(progress)) if each.since <= at or not each.since)


def dividing(progress: Progress, at: Instant) -> Instant:
    """The beginning of the attempt that divides the quarter of an hour of an instant before it; 0 if none."""
    since = attempt_at(progress, at).since
    return since if since // QUARTER_MS == at // QUARTER_MS else NEVER


def sessions_of(progress: Progress, attempt: ItemAttempt) -> list[Session]:
    """The sessions of an attempt: those that began in it, and the rest of those that continued into it."""
    found: list[Session] = []
    for session in progress.sessions.values():
        if session.started_at >= attempt.since:
            if attempt.until is None or session.started_at < attempt.until:
                found.append(session)
        elif session.last_at >= attempt.since:
            found.append(since_attempt(session, attempt.since))
    return found


def since_attempt(session: Session, since: Instant) -> Session:
    """The part of a session that began earlier which counts for the attempt that began at `since`.

    That is the media and the pages first covered after the attempt began; what its client claims is of the
    attempt before. If the client sent heartbeats both before and after within one quarter of an hour, and the
    attempt became known only later, nothing of that quarter counts.
    """
    before = [each for each in (*session.quarters, session.last_quarter) if each.first_at < since]
    covered, read = covered_by(before)
    return replace(
        session,
        started_at=since,
        watched=session.watched - covered,
        pages=session.pages - read,
        watch_ms=session.watch_ms - sum(each.watch_ms for each in before),
        quarters=tuple(each for each in session.quarters if each.first_at >= since),
        reported=0.0,
        scroll=0.0,
    )


def imports_of(progress: Progress, attempt: ItemAttempt) -> list[ItemImport]:
    """The imports whose date lies in an attempt."""
    return imports_between(progress.imports, attempt.since, attempt.until)


def _was_active(progress: Progress, since: Instant, until: Instant) -> bool:
    """Whether the person opened the item between two instants.

    Of a course with parts, the parts say so: each of its attempts is one until `summarize_course` decides.
    """
    compacted = progress.compacted
    if progress.kind == "course" and not progress.sessions and not compacted.sessions:
        return True
    if any(last_at >= since and start < until for start, last_at in compacted.active_spans):
        return True
    if progress.imports and imports_between(progress.imports, since, until):
        return True
    return any(
        session.last_at >= since and session.started_at < until for session in progress.sessions.values()
    )
