"""Credit: how much of a session's claim could have been played at all.

The covered time of a session is at most the wall time it lasted, times the fastest rate it may have used,
plus a grace. The excess is kept, shown, and credited when the budget grows.

Several sessions may claim the same media, so crediting each by itself and taking the union would let
coverage shrink: a session's growing claim could displace a part that only it showed. Coverage is
therefore the most that the budgets allow *together*: the value of a maximum flow from sessions (with
their budgets) to the media they claim. By max-flow min-cut that is, up to any media time t, the least
over all subsets S of the sessions in excess of (the budgets in S) + (what all the others cover before
t). It grows with every claim and every budget, whatever the order; the earliest media is credited first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import partial
from itertools import accumulate
from operator import xor

from msgspec import Struct

from playhead.progress.figures.durations import ItemSpan
from playhead.progress.figures.watch_time import wall_ms
from playhead.progress.intervals import Intervals, union
from playhead.progress.policy import Policy
from playhead.progress.session import Session

CREDITED_TOGETHER = 4
"""Sessions in excess that are credited together: each doubles the number of subsets. Honest players have
none; beyond this many, the oldest are credited their own earliest part, whatever the others show."""

PAGE_MS = 1_000
"""The time that a page takes to be read, at the least."""
FREE_PAGES = 3
"""Pages credited beyond the time that passed."""
SCROLL_STEP = 0.05
"""The part of a document without pages that takes as long as a page."""


class Claim(Struct, frozen=True, gc=False):
    """The media, or the pages, that a session claims to have covered, and its budget, in the same unit."""

    extent: Intervals
    budget_ms: int

    @property
    def fits(self) -> bool:
        """Whether the whole claim could have been played."""
        return self.extent.length <= self.budget_ms

    @property
    def credited(self) -> Intervals:
        """The part within the budget, regardless of other sessions."""
        return self.extent if self.fits else self.extent.first(self.budget_ms)

    @property
    def credited_ms(self) -> int:
        """The length of the part within the budget."""
        extent_ms = self.extent.length
        return extent_ms if extent_ms < self.budget_ms else self.budget_ms


def claim(session: Session, policy: Policy, span: ItemSpan) -> Claim:
    """The claim of a session to an item."""
    # `min` takes three times as long; here and below.
    rate = session.rate if session.rate < policy.max_rate else policy.max_rate
    budget = int((session.last_at - session.started_at) * rate) + policy.grace_ms
    is_part = policy.end_ms is not None
    return Claim(session.extent(span.start_ms, span.end_ms, is_part=is_part), budget)


def page_claim(session: Session, page_count: int) -> Claim:
    """The claim of a session to pages of a document."""
    pages = session.pages.clip(page_count + 1) if page_count else session.pages
    return Claim(pages, FREE_PAGES + _read_ms(session) // PAGE_MS)


def credited_scroll(session: Session) -> float:
    """How far a session scrolled a document, as far as the time allowed it to be read."""
    most = (FREE_PAGES + _read_ms(session) / PAGE_MS) * SCROLL_STEP
    return session.scroll if session.scroll < most else most


def content_ms(session: Session, policy: Policy, credited_ms: int) -> int:
    """Media time that a session played, repeats included: at most what its time and rate allow.

    `credited_ms` is what its intervals are credited, each part once.
    """
    repeated = session.content_ms
    if repeated <= credited_ms:
        return credited_ms
    rate = session.rate if session.rate < policy.max_rate else policy.max_rate
    most = int(wall_ms(session, policy) * (rate or 1.0))
    return max(credited_ms, min(repeated, most))


def _read_ms(session: Session) -> int:
    opened = session.last_at - session.started_at
    return session.watch_ms if session.watch_ms > opened else opened


def coverage(claims: Sequence[Claim], known: Iterable[Intervals] = ()) -> Intervals:
    """The media that the sessions cover together within their budgets, united with `known`."""
    settled, excess = [*known], []
    for each in claims:
        if each.fits:
            settled.append(each.extent)
        else:
            excess.append(each)
    if len(excess) > CREDITED_TOGETHER:
        settled += (each.credited for each in excess[:-CREDITED_TOGETHER])
        excess = excess[-CREDITED_TOGETHER:]
    plain = union(settled)
    return _allot(plain, excess) if excess else plain


def _allot(plain: Intervals, excess: Sequence[Claim]) -> Intervals:
    parts = _parts(plain, excess)
    stops = _stops(parts, [each.budget_ms for each in excess])
    kept: list[int] = []
    for start, end, claimants in parts:
        stop = stops.get(claimants, end)
        if start >= stop:
            continue
        if kept and kept[-1] == start:
            kept.pop()
        else:
            kept.append(start)
        kept.append(end if end < stop else stop)
    return Intervals(tuple(kept))


MediaPart = tuple[int, int, int]
"""Start and end of media that the same claims in excess show, and their bits; 0 for settled media."""


def _parts(plain: Intervals, excess: Sequence[Claim]) -> list[MediaPart]:
    """All claimed media, cut wherever a claim begins or ends."""
    shift = len(excess) + 1
    edges = [bound << shift | 1 for bound in plain.bounds]
    for i, each in enumerate(excess):
        edges += [bound << shift | 2 << i for bound in each.extent.bounds]
    edges.sort()
    bits, bounds = (1 << shift) - 1, [edge >> shift for edge in edges]
    shown = accumulate((edge & bits for edge in edges), xor)
    return [
        (start, end, 0 if who & 1 else who >> 1)
        for start, end, who in zip(bounds, bounds[1:], shown, strict=False)
        if who and start != end
    ]


class _Shown(Struct, gc=False):
    """The parts that exactly one set of claimants shows, in order."""

    starts: list[int]
    totals: list[int]
    """The total length of the parts before each one, and finally of all parts."""

    def before(self, time: int) -> int:
        """The length that lies before this media time."""
        count = bisect_left(self.starts, time)
        if not count:
            return 0
        within, after = self.totals[count - 1] + time - self.starts[count - 1], self.totals[count]
        return within if within < after else after


def _stops(parts: Sequence[MediaPart], budgets: Sequence[int]) -> dict[int, int]:
    """The media time up to which each set of claimants is credited; absent: to the end.

    A set of sessions is spent at the first time before which the media that only they show has used up their
    budgets. Media that others show as well can from then on only be credited to those others, so the next set
    is found in the same way, without the spent sessions.
    """
    shown = _by_claimants(parts)
    stops: dict[int, int] = {}
    everyone, spent = (1 << len(budgets)) - 1, 0
    while spent != everyone:
        first, spending = parts[-1][1], 0
        for others in range(1, everyone + 1):
            if others & spent:
                continue
            theirs = [each for who, each in shown.items() if who & ~spent and not who & ~(spent | others)]
            budget = sum(each for i, each in enumerate(budgets) if others >> i & 1)
            if _used(theirs, first) > budget:
                first = bisect_left(range(first), budget, key=partial(_used, theirs))
                spending = others
        if not spending:
            break
        spent |= spending
        for who in shown:
            if not who & ~spent:
                stops.setdefault(who, first)
    return stops


def _by_claimants(parts: Sequence[MediaPart]) -> dict[int, _Shown]:
    found: dict[int, _Shown] = {}
    for start, end, claimants in parts:
        if claimants:
            shown = found.get(claimants)
            if shown is None:
                shown = found[claimants] = _Shown([], [0])
            shown.starts.append(start)
            shown.totals.append(shown.totals[-1] + end - start)
    return found


def _used(shown: Sequence[_Shown], time: int) -> int:
    return sum(each.before(time) for each in shown)
