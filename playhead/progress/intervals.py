"""Sets of half-open integer intervals: media watched, in milliseconds, or pages read.

An `Intervals` stores its boundaries in increasing order, `(start, end, start, end, …)`. Since the constructor
refuses anything else, equal sets are equal values, and no other code normalises.

The whole algebra rests on one fact. Sort all starts and all ends of several sets separately; then the
points covered by at least `k` of them are the union of `[starts[i + k - 1], ends[i])`, because a
point with `j` ends at or before it is covered `k` times exactly when the start numbered `j + k - 1` is
at or before it too. Union is `k = 1`, intersection of `n` sets is `k = n`, and every other `k` is "watched
at least k times".
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from operator import lt

from msgspec import Struct

LIMIT = 2**31 - 1
"""The largest boundary, that of PostgreSQL's `int4multirange`: 24 days of media."""
FEW = 8
"""Inserting spans is faster than sorting if the other set has this many times more boundaries."""


class Intervals(Struct, frozen=True, gc=False):
    """A normalised set of half-open intervals of integers in [0, `LIMIT`].

    Raises:
        ValueError: the boundaries are not an even number of strictly increasing integers within the limit.
    """

    bounds: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        bounds = self.bounds
        if len(bounds) == 2 and 0 <= bounds[0] < bounds[1] <= LIMIT:  # nearly always
            return
        if len(bounds) % 2:
            raise ValueError("intervals have an even number of boundaries")
        if bounds and not (bounds[0] >= 0 and bounds[-1] <= LIMIT and all(map(lt, bounds, bounds[1:]))):
            raise ValueError(f"interval boundaries increase strictly from 0 to {LIMIT} at most")

    @classmethod
    def of(cls, spans: Iterable[tuple[int, int]]) -> Intervals:
        """The union of `(start, end)` spans in any order, overlapping or not; empty spans are ignored.

        Raises:
            ValueError: a span starts below zero or ends before it starts.
        """
        kept = [span for span in spans if span[0] != span[1]]
        if any(start < 0 or end < start for start, end in kept):
            raise ValueError("a span starts at or after zero and does not end before it starts")
        return _from_edges(1, sorted(span[0] for span in kept), sorted(span[1] for span in kept))

    @property
    def spans(self) -> Iterator[tuple[int, int]]:
        """The intervals as `(start, end)`, in order."""
        return zip(self.bounds[::2], self.bounds[1::2], strict=True)

    @property
    def length(self) -> int:
        """The total length, in the unit of the boundaries."""
        bounds = self.bounds
        return bounds[1] - bounds[0] if len(bounds) == 2 else sum(bounds[1::2]) - sum(bounds[::2])

    def __bool__(self) -> bool:
        return bool(self.bounds)

    def __or__(self, other: Intervals) -> Intervals:
        """Union. Usually the last interval of a session grew, which takes no sorting."""
        mine, theirs = self.bounds, other.bounds
        if mine == theirs or not theirs:
            return self
        if mine[:-1] == theirs[:-1]:
            return self if mine[-1] > theirs[-1] else other
        if len(theirs) * FEW < len(mine):
            return self._with(theirs)
        return at_least(1, (self, other)) if mine else other

    def _with(self, few: tuple[int, ...]) -> Intervals:
        """Union with few spans by inserting each; `self` if it contains them all."""
        bounds = mine = self.bounds
        for start, end in zip(few[::2], few[1::2], strict=True):
            first, after = bisect_left(bounds, start), bisect_right(bounds, end)
            # At an odd index the boundary lies within a span, or touches one.
            if first != after or first % 2 == 0:
                new = (*((start,) if first % 2 == 0 else ()), *((end,) if after % 2 == 0 else ()))
                bounds = bounds[:first] + new + bounds[after:]
        return self if bounds is mine else Intervals(bounds)

    def __and__(self, other: Intervals) -> Intervals:
        return at_least(2, (self, other))

    def __sub__(self, other: Intervals) -> Intervals:
        """Difference: the intersection with the complement of `other`."""
        if not self or not other:
            return self
        end = self.bounds[-1]
        inner = [bound for bound in other.bounds if bound < end]
        outside = [0, *inner, end] if len(inner) % 2 == 0 else [0, *inner]
        return self & Intervals.of(zip(outside[::2], outside[1::2], strict=True))

    def __le__(self, other: Intervals) -> bool:
        """Whether this is a subset of `other`."""
        return other | self == other

    def clip(self, end: int) -> Intervals:
        """The part before `end`."""
        bounds = self.bounds
        if not bounds or bounds[-1] <= end:
            return self
        kept = bounds[: bisect_left(bounds, end)]
        if not kept:
            return EMPTY
        return Intervals((*kept, end) if len(kept) % 2 else kept)

    def close(self, gap: int) -> Intervals:
        """Fill every gap shorter than `gap`: the least superset without such a gap.

        `close` is a closure operator (extensive, monotone, idempotent), and closing a union gives the same in
        whatever order it grew: `(a.close(g) | b).close(g) == (a | b).close(g)`.
        """
        bounds = self.bounds
        for at in range(2, len(bounds), 2):
            if bounds[at] - bounds[at - 1] < gap:
                return self._closed(gap)
        return self

    def _closed(self, gap: int) -> Intervals:
        kept: list[int] = []
        for start, end in self.spans:
            if kept and start - kept[-1] < gap:
                kept[-1] = end
            else:
                kept += start, end
        return Intervals(tuple(kept))

    def first(self, length: int) -> Intervals:
        """The earliest part with this length, or everything if there is less."""
        kept: list[int] = []
        for start, end in self.spans:
            if length <= 0:
                break
            kept += start, min(end, start + length)
            length -= end - start
        return Intervals(tuple(kept))


EMPTY = Intervals()
"""The one that a record leaves out: what is computed and empty is this very object."""


def at_least(times: int, sets: Iterable[Intervals]) -> Intervals:
    """The points that at least `times` of the sets cover; `times` is one or more."""
    bounds = [each.bounds for each in sets]
    starts = sorted(chain.from_iterable(each[::2] for each in bounds))
    ends = sorted(chain.from_iterable(each[1::2] for each in bounds))
    return _from_edges(times, starts, ends)


def union(sets: Sequence[Intervals]) -> Intervals:
    """The points that any of the sets covers, in one pass."""
    if not sets:
        return EMPTY
    return sets[0] if len(sets) == 1 else at_least(1, sets)


def layers(sets: Iterable[Intervals], most: int) -> list[Intervals]:
    """`at_least(1, sets)`, `at_least(2, sets)`, … up to `most`, while not empty, in one pass."""
    edges: list[int] = []
    for each in sets:
        bounds = each.bounds
        edges += [bound << 1 | 1 for bound in bounds[::2]]
        edges += [bound << 1 for bound in bounds[1::2]]
    edges.sort()
    found: list[list[int]] = []
    depth = 0
    # At the same point, ends are sorted before starts, so that touching parts become one.
    for edge in edges:
        is_start = edge & 1
        depth -= not is_start
        if depth < most:
            if depth == len(found):
                found.append([])
            layer = found[depth]
            if is_start and layer and layer[-1] == edge >> 1:
                layer.pop()
            else:
                layer.append(edge >> 1)
        depth += is_start
    return [Intervals(tuple(layer)) for layer in found]


def _from_edges(times: int, starts: list[int], ends: list[int]) -> Intervals:
    kept: list[int] = []
    for start, end in zip(starts[times - 1 :], ends, strict=False):
        if start >= end:
            continue
        if kept and start <= kept[-1]:
            kept[-1] = end
        else:
            kept += start, end
    return Intervals(tuple(kept)) if kept else EMPTY
