"""Whether an item is completed, and how often, given the evidence."""

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
    """The evidence that a set of sessions provides."""

    claims: tuple[Claim, ...]
    covered: Intervals
    """The parts of a video, in ms."""
    pages: Intervals
    permille: int
    """The share that was played or read, in whole thousandths: 1000 only if all of it was."""
    enough: bool
    """Whether the share reaches the threshold; computed exactly, not from thousandths."""
    reported: float
    """The largest percentage that a client claimed; 0 if the policy does not accept claims."""

    @property
    def share(self) -> int:
        """The share that was played or read, in whole per cent."""
        return self.permille // 10

    @property
    def attained(self) -> int:
        """The largest share by any evidence, in whole thousandths."""
        return max(self.permille, int(self.reported * 10))


def accrue(progress: Progress, policy: Policy, *, since_reopening: bool = False) -> Accrual:
    """The accrual of all sessions; with `since_reopening`, of those begun after the last reopening."""
    since = progress.reopened_at if since_reopening else 0
    compacted = NOTHING.compacted if since else progress.compacted
    duration, page_count = effective_duration(progress, policy), progress.page_count
    claims: list[Claim] = []
    pages_read = [compacted.pages]
    reported = compacted.reported
    for session in progress.sessions.values():
        if session.started_at < since:
            continue
        if session.watched.bounds:
            claims.append(claim(session, policy, duration))
        if session.pages.bounds:
            pages_read.append(session.pages)
        if session.reported > reported:  # `max` takes three times as long
            reported = session.reported
    pages = union(pages_read)
    covered = coverage(claims, compacted.layers[:1])
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
    """The accrual that counts towards completion: a reopened item must be watched again."""
    return accrue(progress, policy, since_reopening=True)


def completes(progress: Progress, accrual: Accrual, policy: Policy) -> bool:
    """Whether the accrual since the last reopening, or a manual mark, completes the item.

    Percentages are compared in hundredths, the precision of clients.
    """
    return accrual.enough or progress.is_marked or policy.completes(int(accrual.reported * 100), 100 * 100)


def may_complete(progress: Progress, policy: Policy) -> bool:
    """Whether the item may be completed: an upper bound, which is cheap as it takes no unions."""
    if progress.is_marked or progress.page_count:
        return True
    compacted = progress.compacted
    if compacted.reported:
        return True
    most = compacted.layers[0].length if compacted.layers else 0
    for session in progress.sessions.values():
        if session.reported:
            return True
        # An `ended` closes a gap, a second and a half at most; a session's grace lies within its extent.
        most += session.watched.length + LAST_GAP_MS
    return policy.completes(most, effective_duration(progress, policy) or 0)


def times_completed(progress: Progress, accrual: Accrual, policy: Policy) -> int:
    """The largest k, up to `MOST_TIMES`, such that the threshold's share was watched at least k times."""
    duration = effective_duration(progress, policy) or 0
    if not accrual.enough or not policy.completes(accrual.covered.length, duration):
        return 0
    sets = [*progress.compacted.layers, *(each.credited for each in accrual.claims)]
    if not policy.completes(sum(each.length for each in sets) // 2, duration):
        return 1
    counted = layers(sets, MOST_TIMES)[1:]
    again = takewhile(lambda layer: policy.completes(layer.length, duration), counted)
    return 1 + sum(1 for _ in again)
