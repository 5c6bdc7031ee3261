"""The interval algebra, against Python's own sets of points."""

from __future__ import annotations

from functools import reduce
from operator import or_

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.progress.intervals import EMPTY, LIMIT, Intervals, at_least, layers, union
from tests.playhead.progress.strategies import intervals, spans


def points(these: Intervals) -> set[int]:
    return {point for start, end in these.spans for point in range(start, end)}


@given(spans())
def test_of_is_the_union_of_its_spans(raw: list[tuple[int, int]]) -> None:
    assert points(Intervals.of(raw)) == {point for start, end in raw for point in range(start, end)}


@given(intervals(), intervals())
def test_the_operators_are_those_of_sets(one: Intervals, other: Intervals) -> None:
    assert points(one | other) == points(one) | points(other)
    assert points(one & other) == points(one) & points(other)
    assert points(one - other) == points(one) - points(other)
    assert (one <= other) == (points(one) <= points(other))
    assert one.length == len(points(one))


@given(intervals(), intervals())
def test_equal_sets_are_equal_values(one: Intervals, other: Intervals) -> None:
    assert (one == other) == (points(one) == points(other))


@given(st.lists(intervals(), max_size=5), st.integers(1, 5))
def test_at_least_counts_how_many_cover_a_point(sets: list[Intervals], times: int) -> None:
    covered = [point for each in sets for point in points(each)]
    expected = {point for point in covered if covered.count(point) >= times}
    assert points(at_least(times, sets)) == expected


@given(st.lists(intervals(), max_size=6), st.integers(1, 4))
def test_layers_are_all_that_at_least_gives_in_one_pass(sets: list[Intervals], most: int) -> None:
    every = [at_least(times, sets) for times in range(1, most + 1)]
    assert layers(sets, most) == [layer for layer in every if layer]


@given(st.lists(intervals(), min_size=1, max_size=6))
def test_a_union_of_many_is_the_union_of_two_again_and_again(sets: list[Intervals]) -> None:
    assert union(sets) == reduce(or_, sets)


gaps = st.integers(0, 12)


@given(intervals(), gaps)
def test_closing_fills_every_gap_that_is_shorter_and_no_other(these: Intervals, gap: int) -> None:
    closed = these.close(gap)
    filled = [(end, start) for end, start in zip(these.bounds[1:-1:2], these.bounds[2::2], strict=True)]
    short = {point for end, start in filled if start - end < gap for point in range(end, start)}
    assert points(closed) == points(these) | short


@given(intervals(), gaps)
def test_closing_is_extensive(these: Intervals, gap: int) -> None:
    assert these <= these.close(gap)


@given(intervals(), intervals(), gaps)
def test_closing_is_monotone(one: Intervals, other: Intervals, gap: int) -> None:
    assert (one & other).close(gap) <= one.close(gap)


@given(intervals(), gaps)
def test_closing_is_idempotent(these: Intervals, gap: int) -> None:
    closed = these.close(gap)
    assert closed.close(gap) is closed


@given(intervals(), intervals(), gaps)
def test_closing_before_a_union_or_after_it_comes_to_the_same(
    one: Intervals, other: Intervals, gap: int
) -> None:
    assert (one.close(gap) | other).close(gap) == (one | other).close(gap)


@given(intervals(), st.integers(0, 45))
def test_clip_keeps_what_lies_before(these: Intervals, end: int) -> None:
    assert points(these.clip(end)) == {point for point in points(these) if point < end}


@given(intervals(), st.integers(0, 45))
def test_first_keeps_the_earliest_part(these: Intervals, length: int) -> None:
    assert points(these.first(length)) == set(sorted(points(these))[:length])


@pytest.mark.parametrize("bounds", [(1,), (2, 1), (1, 1), (-1, 2), (0, 5, 5, 9), (0, LIMIT + 1)])
def test_a_value_that_is_not_normalised_cannot_be_made(bounds: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="bound"):
        Intervals(bounds)


@pytest.mark.parametrize("raw", [(-1, 2), (3, 1)])
def test_a_span_that_is_none_is_refused(raw: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="span"):
        Intervals.of([raw])


def test_spans_that_touch_become_one() -> None:
    assert Intervals.of([(5, 9), (0, 5)]) == Intervals((0, 9))
    assert Intervals((0, 5)) | Intervals((5, 9)) == Intervals((0, 9))
    assert not EMPTY
