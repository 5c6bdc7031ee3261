"""Whether an item is completed, and how often, from the evidence at hand."""

from __future__ import annotations

from itertools import takewhile

from msgspec import Struct

from playhead.progress.compaction import MOST_TIMES, effective_duration
from playhead.progress.credit import Claim, claim, coverage
from playhead.progress.intervals import Intervals, layers, union
from playhead.progress.policy import Policy
from playhead.progress.progress import NOTHING, Progress
from playhead.progress.session import LAST_GAP_MS


class Accrual(Struct, frozen=True, gc=False):
    """What a set of sessions amounts to."""

    claims: tuple[Claim, ...]
    covered: Intervals
    """Of a video, in ms."""
    pages: Intervals
    permille: int
    """What was played or read, in whole thousandths: 1000 only when all of it was."""
    enough: bool
    """Whether that reaches the threshold; in exact numbers, not in whole thousandths."""
    reported: float
    """The largest percentage a client claimed; 0 where the policy does not believe claims."""

    @property
    def share(self) -> int:
        """What was played or read, in whole per cent."""
        return self.permille // 10

    @property
    def attained(self) -> int:
        """The best of all the evidence, in whole thousandths."""
        return max(self.permille, int(self.reported * 10))


def accrue(progress: Progress, policy: Policy, *, anew: bool = False) -> Accrual:
    """What all sessions amount to, or with `anew` only those begun since the item was last reopened."""
    since = progress.reopened_at if anew else 0
    folded = NOTHING.folded if since else progress.compacted
    duration, page_count = effective_duration(progress, policy), progress.page_count
    claims: list[Claim] = []
    read_apart = [folded.pages]
    reported = folded.reported
    for session in progress.sessions.values():
        if session.started_at < since:
            continue
        if session.watched.bounds:
            claims.append(claim(session, policy, duration))
        if session.pages.bounds:
            read_apart.append(session.pages)
        if session.reported > reported:  # noqa: PLR1730 - `max` costs three times as much, and this is run most
            reported = session.reported
    pages = union(read_apart)
    covered = coverage(claims, folded.layers[:1])
    permille, enough = _of(covered.length, duration or 0, policy)
    if page_count:
        pages = pages.clip(page_count + 1)
        read, enough_read = _of(pages.length, page_count, policy)
        permille, enough = max(permille, read), enough or enough_read
    return Accrual(
        tuple(claims), covered, pages, permille, enough, reported if policy.evidence == "any" else 0.0
    )


def _of(covered: int, whole: int, policy: Policy) -> tuple[int, bool]:
    if whole <= 0:
        return 0, False
    return min(1000, covered * 1000 // whole), policy.completes(covered, whole)


def accrue_since_reopening(progress: Progress, policy: Policy) -> Accrual:
    """The accrual that counts towards completion: a reopened item is to be watched anew."""
    return accrue(progress, policy, anew=True)


def completes(progress: Progress, anew: Accrual, policy: Policy) -> bool:
    """Whether the evidence since the last reopening, or a mark by hand, completes the item.

    Percentages are compared in hundredths, which is as much as clients mean by them.
    """
    return anew.enough or progress.is_marked or policy.completes(int(anew.reported * 100), 100 * 100)


def may_complete(progress: Progress, policy: Policy) -> bool:
    """Whether it is worth finding out if the item is completed: a bound from above, without unions."""
    if progress.is_marked or progress.page_count:
        return True
    folded = progress.compacted
    if folded.reported:
        return True
    most = folded.layers[0].length if folded.layers else 0
    for session in progress.sessions.values():
        if session.reported:
            return True
        # An `ended` closes a gap, a second and a half at most; a session's grace lies within its extent.
        most += session.watched.length + LAST_GAP_MS
    return policy.completes(most, effective_duration(progress, policy) or 0)


def times_completed(progress: Progress, accrual: Accrual, policy: Policy) -> int:
    """The largest k such that the threshold's share of the item was watched at least k times.

    It is `MOST_TIMES` at most.
    """
    duration = effective_duration(progress, policy) or 0
    if not accrual.enough or not policy.completes(accrual.covered.length, duration):
        return 0
    sets = [*progress.compacted.layers, *(each.credited for each in accrual.claims)]
    if not policy.completes(sum(each.length for each in sets) // 2, duration):
        return 1
    counted = layers(sets, MOST_TIMES)[1:]
    again = takewhile(lambda layer: policy.completes(layer.length, duration), counted)
    return 1 + sum(1 for _ in again)
