"""Records when an attempt was completed, whatever order the heartbeats arrive in.

In order, it is the time of the heartbeat that crosses the threshold. Where a heartbeat arrives late, the
sessions' quarters of an hour show in which one the threshold was reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from playhead.progress.acts import ItemAttempt
from playhead.progress.attempts import attempt_at, current_attempt, sessions_of
from playhead.progress.figures.completion import (
    Accrual,
    accrue,
    completes,
    is_claimed,
    may_complete,
    page_count,
)
from playhead.progress.heartbeat import Heartbeat
from playhead.progress.identifiers import Instant
from playhead.progress.intervals import EMPTY
from playhead.progress.policy import Policy
from playhead.progress.progress import Completion, Progress, join_completions
from playhead.progress.quarters import QUARTER_MS, Quarter
from playhead.progress.session import Session


def record_completion(progress: Progress, heartbeat: Heartbeat, policy: Policy) -> Progress:
    """`progress`, after it absorbed the heartbeat, with the completions that follow from it."""
    if progress.imports:
        progress = _note_imports(progress, policy)
    if heartbeat.event == "import":
        return progress
    if heartbeat.is_act:
        return _record_begun(progress, heartbeat.occurred_at, policy)
    if not may_complete(progress, policy):
        return progress
    for attempt in _concerned(progress, heartbeat):
        progress = _record(progress, attempt, heartbeat, policy)
    return progress


def _note_imports(progress: Progress, policy: Policy) -> Progress:
    """`progress`, in which the imports that reach the threshold are completions."""
    if all(each.completed or not is_claimed(each.percentage, policy) for each in progress.imports):
        return progress
    noted = (
        replace(each, completed=each.completed or is_claimed(each.percentage, policy))
        for each in progress.imports
    )
    return replace(progress, imports=tuple(noted))


def _concerned(progress: Progress, heartbeat: Heartbeat) -> Iterable[ItemAttempt]:
    """The attempts that the heartbeat may complete: that of its session, and the current one."""
    current = current_attempt(progress)
    if not progress.acts:
        return (current,)
    key = heartbeat.session_id
    session = progress.sessions.get(key) if key is not None else None
    own = attempt_at(progress, heartbeat.occurred_at if session is None else session.started_at)
    return (own,) if own.since == current.since else (own, current)


def _record_begun(progress: Progress, begun_at: Instant, policy: Policy) -> Progress:
    """`progress` with the completion by sessions of an attempt, where its beginning arrives after them."""
    attempt = attempt_at(progress, begun_at)
    if attempt.since != begun_at or any(each.attempt == begun_at for each in progress.completions):
        return progress
    sessions = sessions_of(progress, attempt)
    accrual = accrue(progress, policy, attempt) if sessions else None
    if accrual is None or not completes(accrual, policy):
        return progress
    reached = reached_at(progress, attempt, accrual, policy) if accrual.enough else None
    at = reached or max(session.last_at for session in sessions)
    found = Completion(at, attempt.since, "watched" if accrual.enough else "reported")
    return replace(progress, completions=join_completions(progress.completions, (found,)))


def _record(progress: Progress, attempt: ItemAttempt, heartbeat: Heartbeat, policy: Policy) -> Progress:
    at = heartbeat.occurred_at
    known = next((each for each in progress.completions if each.attempt == attempt.since), None)
    if (known is not None and known.at <= at) or attempt.rule is not None:
        return progress
    accrual = accrue(progress, policy, attempt)
    if not completes(accrual, policy):
        return progress
    found = _completion(progress, attempt, accrual, heartbeat, policy)
    # A late heartbeat that claims nothing moves it only by what was covered, and not within a quarter.
    moves = accrual.enough and (known is None or found.at // QUARTER_MS < known.at // QUARTER_MS)
    if known is not None and not moves and not claims_completion(heartbeat, policy):
        return progress
    return replace(progress, completions=join_completions(progress.completions, (found,)))


def _completion(
    progress: Progress, attempt: ItemAttempt, accrual: Accrual, heartbeat: Heartbeat, policy: Policy
) -> Completion:
    at = heartbeat.occurred_at
    if not accrual.enough or claims_completion(heartbeat, policy):
        return Completion(at, attempt.since, "watched" if accrual.enough else "reported")
    sessions = sessions_of(progress, attempt)
    if all(session.last_at <= at for session in sessions):
        return Completion(at, attempt.since)
    return Completion(reached_at(progress, attempt, accrual, policy) or at, attempt.since)


def reached_at(progress: Progress, attempt: ItemAttempt, accrual: Accrual, policy: Policy) -> Instant | None:
    """The last heartbeat of the quarter of an hour in which the sessions reached the threshold."""
    compacted = progress.compacted
    media = compacted.covered_in(attempt.since)
    pages = compacted.pages if compacted.attempt == attempt.since else EMPTY
    whole, count = accrual.span.length_ms, page_count(progress, policy)
    for quarter in _in_order(sessions_of(progress, attempt)):
        media |= quarter.watched & accrual.covered
        pages |= quarter.pages & accrual.pages
        if policy.completes(media.length, whole) or policy.completes(pages.length, count):
            return quarter.last_at
    return None


def _in_order(sessions: Iterable[Session]) -> Iterator[Quarter]:
    quarters = (quarter for session in sessions for quarter in (*session.quarters, session.last_quarter))
    return iter(sorted(quarters, key=lambda quarter: quarter.last_at))


def claims_completion(heartbeat: Heartbeat, policy: Policy) -> bool:
    """Whether the client claims that the item is completed, and is believed."""
    return policy.evidence == "any" and is_claimed(heartbeat.reported_percentage or 0.0, policy)
