"""Credit: how much of what a session claims it could have played at all.

A session's covered time is at most the wall time it lasted, times the fastest rate it may have used, plus
a grace. What exceeds this is kept, shown, and credited when the budget grows.

Several sessions may claim the same media, so crediting each by itself and taking the union would let
coverage shrink: a session's growing claim could crowd out a part that only it showed. Coverage is
therefore the most that the budgets allow *together*: the value of a maximum flow from sessions (with
their budgets) to the media they claim. By max-flow min-cut that is, up to any media time t, the least
over all subsets S of the sessions in excess of (the budgets in S) + (what all the others cover before
t). It grows with every claim and every budget, whatever the order; the earliest media is credited first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import combinations, pairwise
from operator import or_

from msgspec import Struct

from playhead.progress.identifiers import DAY_MS
from playhead.progress.intervals import EMPTY, Intervals, at_least
from playhead.progress.policy import Policy
from playhead.progress.session import Session

WEIGHED_TOGETHER = 4
"""Sessions in excess that are weighed against one another: the subsets double with each. Honest players have
none; beyond this many, the oldest are credited their own earliest part, whatever the others show."""


class Claim(Struct, frozen=True, gc=False):
    """What a session says it covered, and how much of it fits."""

    extent: Intervals
    budget_ms: int

    @property
    def fits(self) -> bool:
        """Whether all of it could have been played."""
        return self.extent.length <= self.budget_ms

    @property
    def credited(self) -> Intervals:
        """The part that fits, taken by itself."""
        return self.extent if self.fits else self.extent.first(self.budget_ms)

    @property
    def credited_ms(self) -> int:
        """The length of the part that fits."""
        extent_ms = self.extent.length
        return extent_ms if extent_ms < self.budget_ms else self.budget_ms  # noqa: FURB136 - see `claim`


def claim(session: Session, policy: Policy, duration: int | None) -> Claim:
    """The claim of one session to an item of this duration (ms, None if unknown)."""
    rate = session.rate if session.rate < policy.max_rate else policy.max_rate  # noqa: FURB136 - `min` is slow
    budget = int((session.last_at - session.started_at) * rate) + policy.grace_ms
    return Claim(session.extent(duration), budget)


def coverage(claims: Sequence[Claim], known: Iterable[Intervals] = ()) -> Intervals:
    """What the sessions cover together, within their budgets, beside what is `known` without them."""
    settled, excess = [*known], []
    for each in claims:
        if each.fits:
            settled.append(each.extent)
        else:
            excess.append(each)
    if len(excess) > WEIGHED_TOGETHER:
        settled += (each.credited for each in excess[:-WEIGHED_TOGETHER])
        excess = excess[-WEIGHED_TOGETHER:]
    plain = reduce(or_, settled) if settled else EMPTY
    return _allot(plain, excess) if excess else plain


def wall_ms(session: Session, policy: Policy) -> int:
    """Wall-clock time spent playing, which cannot exceed the wall clock.

    A session that shows no interval only asserts its time. It is believed where the policy believes
    assertions, up to a day: its first heartbeat may be its last, and says nothing of when it began.
    """
    if policy.evidence == "any" and not session.watched.bounds:
        most = DAY_MS
    else:
        most = session.last_at - session.started_at + policy.grace_ms
    return session.watch_ms if session.watch_ms < most else most  # noqa: FURB136 - see `claim`


def _allot(plain: Intervals, excess: Sequence[Claim]) -> Intervals:
    edges = sorted({*plain.bounds, *(bound for each in excess for bound in each.extent.bounds)})
    cuts = [
        [sum(excess[i].budget_ms for i in cut) + before for before in _before(edges, plain, excess, cut)]
        for size in range(len(excess) + 1)
        for cut in combinations(range(len(excess)), size)
    ]
    allowed = [min(at_edge) for at_edge in zip(*cuts, strict=True)]
    # Between two edges every cut grows at rate 0 or 1, so their least grows first and then stands.
    return Intervals.of(
        (start, start + gained - had)
        for (start, _), (had, gained) in zip(pairwise(edges), pairwise(allowed), strict=True)
    )


def _before(edges: list[int], plain: Intervals, excess: Sequence[Claim], cut: tuple[int, ...]) -> list[int]:
    """How much `plain` and the claims outside the cut cover before each edge."""
    covered = at_least(1, [plain, *(each.extent for i, each in enumerate(excess) if i not in cut)])
    turns = frozenset(covered.bounds)
    totals, total, inside = [0], 0, False
    for start, end in pairwise(edges):
        inside ^= start in turns
        total += end - start if inside else 0
        totals.append(total)
    return totals
