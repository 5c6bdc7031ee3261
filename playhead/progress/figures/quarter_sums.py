"""Watch time by quarter of an hour as sums to which sessions can be added, without those added before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct

from playhead.progress.figures.watch_time import spread_windows
from playhead.progress.intervals import Intervals
from playhead.progress.policy import Policy
from playhead.progress.quarters import QUARTER_MS
from playhead.progress.session import Session


class QuarterSum(Struct, frozen=True, gc=False, array_like=True):
    """What sessions spent in a quarter of an hour."""

    quarter: int
    """Its number since 1970."""
    wall_ms: int
    """The sum of the sessions' watch times."""
    opened: Intervals
    """When any of them was open, in ms since the quarter began."""

    @property
    def shared_ms(self) -> int:
        """The watch time of the sessions together."""
        opened = self.opened.length
        return self.wall_ms if self.wall_ms < opened else opened

    def plus(self, other: QuarterSum) -> QuarterSum:
        """The sum of both, of the same quarter."""
        return QuarterSum(self.quarter, self.wall_ms + other.wall_ms, self.opened | other.opened)


QuarterSums = Mapping[int, QuarterSum]
"""By the number of the quarter."""


def quarter_sums(sessions: Iterable[Session], policy: Policy) -> dict[int, QuarterSum]:
    """The sums of every quarter of an hour in which one of the sessions was open."""
    walls, starts, ends = spread_windows(sessions, policy)
    opened = _opened(starts, ends)
    return {
        quarter: QuarterSum(quarter, wall, Intervals(tuple(opened.get(quarter, ()))))
        for quarter, wall in walls.items()
    }


def _opened(starts: list[int], ends: list[int]) -> dict[int, list[int]]:
    """The boundaries of the times during which a window was open, by quarter, in ms since it began."""
    starts.sort()
    ends.sort()
    opened: defaultdict[int, list[int]] = defaultdict(list)
    until = 0
    for start, end in zip(starts, ends, strict=True):
        at = start if start > until else until
        while at < end:
            quarter, first = divmod(at, QUARTER_MS)
            began = at - first
            stop = began + QUARTER_MS if end > began + QUARTER_MS else end
            bounds = opened[quarter]
            if bounds and bounds[-1] == first:
                bounds[-1] = stop - began
            else:
                bounds += first, stop - began
            at = stop
        until = end
    return opened


def added(sums: QuarterSums, more: QuarterSums) -> dict[int, QuarterSum]:
    """The sums of the sessions of both."""
    both = dict(sums)
    for quarter, each in more.items():
        known = both.get(quarter)
        both[quarter] = each if known is None else known.plus(each)
    return both


def added_ms(sums: QuarterSums, more: QuarterSums) -> int:
    """By how much the watch time of the sessions of both exceeds that of `sums`."""
    total = 0
    for quarter, each in more.items():
        known = sums.get(quarter)
        total += each.shared_ms if known is None else known.plus(each).shared_ms - known.shared_ms
    return total


def total_ms(sums: Collection[QuarterSum]) -> int:
    """The watch time of the sessions."""
    return sum([each.shared_ms for each in sums])
