"""Whether an item is completed, and how often, from the evidence at hand."""

from __future__ import annotations

from msgspec import Struct

from playhead.progress.credit import Claim, claim, coverage
from playhead.progress.folding import effective_duration
from playhead.progress.intervals import Intervals, at_least
from playhead.progress.policy import Policy
from playhead.progress.progress import NOTHING, Progress


class Accrual(Struct, frozen=True, gc=False):
    """What a set of sessions amounts to."""

    claims: tuple[Claim, ...]
    covered: Intervals
    """Of a video, in ms."""
    pages: Intervals
    reported: float
    """The largest percentage a client claimed; 0 where the policy does not believe claims."""


def accrue(progress: Progress, policy: Policy, *, anew: bool = False) -> Accrual:
    """What all sessions amount to, or with `anew` only those begun since the item was last reopened."""
    since = progress.reopened_at if anew else 0
    folded = NOTHING.folded if since else progress.folded
    duration = effective_duration(progress, policy)
    claims: list[Claim] = []
    pages, reported = folded.pages, folded.reported
    for session in progress.sessions.values():
        if session.started_at < since:
            continue
        if session.watched:
            claims.append(claim(session, policy, duration))
        pages |= session.pages
        reported = max(reported, session.reported)
    return Accrual(
        claims=tuple(claims),
        covered=coverage(claims, folded.layers[:1]),
        pages=pages.clip(progress.page_count + 1) if progress.page_count else pages,
        reported=reported if policy.evidence == "any" else 0.0,
    )


def accrue_anew(progress: Progress, policy: Policy) -> Accrual:
    """The accrual that counts towards completion: a reopened item is to be watched anew."""
    return accrue(progress, policy, anew=True)


def completes(progress: Progress, anew: Accrual, policy: Policy) -> bool:
    """Whether the evidence since the last reopening, or a mark by hand, completes the item."""
    return (
        progress.is_marked or has_watched_enough(progress, anew, policy) or has_reported_enough(anew, policy)
    )


def has_watched_enough(progress: Progress, accrual: Accrual, policy: Policy) -> bool:
    """Whether what was played or read reaches the threshold."""
    duration = effective_duration(progress, policy) or 0
    return policy.completes(accrual.covered.length, duration) or policy.completes(
        accrual.pages.length, progress.page_count
    )


def has_reported_enough(accrual: Accrual, policy: Policy) -> bool:
    """Whether the client's own percentage reaches the threshold."""
    return policy.completes(int(accrual.reported * 100), 100 * 100)


def times_completed(progress: Progress, accrual: Accrual, policy: Policy) -> int:
    """The largest k such that the threshold's share of the item was watched at least k times."""
    duration = effective_duration(progress, policy) or 0
    if not policy.completes(accrual.covered.length, duration):
        return 0
    sets = [*progress.folded.layers, *(each.credited for each in accrual.claims)]
    times = 1
    while times < len(sets) and policy.completes(at_least(times + 1, sets).length, duration):
        times += 1
    return times
