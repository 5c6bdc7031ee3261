"""The interval algebra, against Python's own sets of points."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.progress.intervals import EMPTY, LIMIT, Intervals, at_least
from tests.progress.strategies import intervals, spans


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
