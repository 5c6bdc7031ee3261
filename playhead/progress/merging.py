"""Adds one person's progress with an item to another's: two accounts of one person become one.

`join` is for two views of one log. Two people have two logs, so that what each compacted is added rather than
joined, once: `Progress.merged` names those people. Sessions and registers are joined, however
often a merge is repeated; so it also brings what arrived since.
"""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from playhead.progress.attempts import attempt_at, attempts
from playhead.progress.figures.completion import (
    MOST_TIMES,
    Accrual,
    accrue,
    may_complete,
    page_count,
)
from playhead.progress.identifiers import Instant, UserId
from playhead.progress.intervals import EMPTY, layers, union
from playhead.progress.policy import Policy
from playhead.progress.progress import (
    CompactedSessions,
    Completion,
    Progress,
    join,
    join_completions,
    join_merged,
)
from playhead.progress.recording import reached_at
from playhead.progress.session import later, later_end

_NOTHING_COMPACTED = CompactedSessions()


def merge_progress(into: Progress, source: Progress, person: UserId) -> Progress:
    """`into` with the progress of `person` added; `into` itself if that adds nothing.

    Merging is idempotent, and repeating it with a `source` that has grown adds what is new.
    """
    if person in into.merged:
        compacted = into.compacted
        joined = join(into, replace(source, compacted=_NOTHING_COMPACTED, completions=()))
    else:
        # Without a limit of age: the sessions that one person kept by id may be older than what the other
        # compacted, and were counted by neither.
        bare = (replace(each, compacted=_NOTHING_COMPACTED, completions=()) for each in (into, source))
        joined = join(*bare)
        compacted = _add(joined, into.compacted, source.compacted)
    completions = join_completions(_placed(joined, into), _placed(joined, source))
    merged = replace(
        joined,
        compacted=compacted,
        completions=completions,
        merged=join_merged(joined.merged, (person,)),
    )
    return into if merged == into else merged


def record_merged(progress: Progress, policy: Policy) -> Progress:
    """Merged progress with the completions that follow from what both people covered together."""
    if not may_complete(progress, policy):
        return progress
    found: list[Completion] = []
    for attempt in attempts(progress):
        accrual = accrue(progress, policy, attempt)
        if not accrual.enough:  # what a client claims was recorded of the person whose client it is
            continue
        at = _compacted_at(progress, accrual, attempt.since, policy)
        at = at or reached_at(progress, attempt, accrual, policy)
        if at is not None:
            found.append(Completion(at, attempt.since))
    known = {each.attempt for each in progress.completions}
    new = tuple(each for each in found if each.attempt not in known)
    return replace(progress, completions=join_completions(progress.completions, new)) if new else progress


def _add(joined: Progress, one: CompactedSessions, other: CompactedSessions) -> CompactedSessions:
    """The sum of what two people compacted; `joined` has the acts of both, and the sessions kept by id."""
    began = min(filter(None, (one.started_at, other.started_at)), default=None)
    last = max(filter(None, (one.last_at, other.last_at)), default=None)
    known = replace(joined, compacted=CompactedSessions(started_at=began, last_at=last))
    both = [(each, _attempt(known, each)) for each in (one, other)]
    latest = max(attempt for _, attempt in both)
    own = [each for each, attempt in both if attempt == latest]
    return CompactedSessions(
        # No session that is kept by id may be older, or a later join would leave it out.
        before=min([max(one.before, other.before), *(each.last_at for each in joined.sessions.values())]),
        sessions=one.sessions + other.sessions,
        started_at=began,
        last_at=last,
        layers=tuple(layers((*one.layers, *other.layers), MOST_TIMES)),
        attempt=latest,
        covered=union([each.covered_in(each.attempt) for each in own]) if latest else EMPTY,
        pages=union([each.pages for each in own]),
        reported=max(each.reported for each in own),
        scroll=max(each.scroll for each in own),
        content_ms=one.content_ms + other.content_ms,
        wall_ms=one.wall_ms + other.wall_ms,
        position=later(one.position, other.position),
        ended=later_end(one.ended, other.ended),
        furthest=max(one.furthest, other.furthest),
    )


def _attempt(joined: Progress, compacted: CompactedSessions) -> Instant:
    """The attempt of the totals: a later one than they say if the other person began it before they began."""
    if compacted.started_at is None:
        return compacted.attempt
    return max(compacted.attempt, attempt_at(joined, compacted.started_at).since)


def _placed(joined: Progress, own: Progress) -> tuple[Completion, ...]:
    """The completions of one person, each in the attempt of the joined acts during which it happened."""
    if not joined.acts:
        return own.completions
    theirs = {each.since for each in attempts(own)}
    begun = [each.since for each in attempts(joined) if each.since not in theirs]
    placed = [replace(each, attempt=_begun_before(begun, each)) for each in own.completions]
    return join_completions((), tuple(placed))


def _begun_before(begun: Collection[Instant], completion: Completion) -> Instant:
    return max(
        (since for since in begun if completion.attempt < since <= completion.at),
        default=completion.attempt,
    )


def _compacted_at(progress: Progress, accrual: Accrual, attempt: Instant, policy: Policy) -> Instant | None:
    """When the compacted sessions alone had completed the attempt; None if they had not."""
    compacted = progress.compacted
    pages = compacted.pages if compacted.attempt == attempt else EMPTY
    enough = policy.completes(compacted.covered_in(attempt).length, accrual.span.length_ms)
    enough = enough or policy.completes(pages.length, page_count(progress, policy))
    return compacted.last_at if enough else None
