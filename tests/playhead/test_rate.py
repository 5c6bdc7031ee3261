from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.rate import Buckets

GAPS = st.lists(st.floats(0, 5), max_size=200)


def test_a_burst_then_the_rate() -> None:
    buckets = Buckets(rate=2.0, burst=3)
    assert [buckets.take("a", 100.0) for _ in range(4)] == [0.0, 0.0, 0.0, pytest.approx(0.5)]
    assert buckets.take("a", 100.4) == pytest.approx(0.1)
    assert buckets.take("a", 100.5) == 0.0
    assert buckets.take("a", 100.5) > 0.0


def test_one_person_does_not_use_up_anothers() -> None:
    buckets = Buckets(rate=1.0, burst=1)
    assert buckets.take("a", 0.0) == buckets.take("b", 0.0) == 0.0
    assert buckets.take("a", 0.0) > 0.0


def test_waiting_as_long_as_told_is_enough() -> None:
    buckets = Buckets(rate=3.0, burst=2)
    now = 1_000_000.0
    for _ in range(50):
        wait = buckets.take("a", now)
        now += wait
        assert not wait or buckets.take("a", now) == 0.0


@given(GAPS, st.floats(0.5, 20), st.integers(1, 20))
def test_no_window_lets_more_through_than_the_burst_and_the_rate(
    gaps: list[float], rate: float, burst: int
) -> None:
    buckets, now, let_through = Buckets(rate, burst), 50.0, []
    for gap in gaps:
        now += gap
        if buckets.take("a", now) == 0.0:
            let_through.append(now)
    for first in range(len(let_through)):
        for last in range(first, len(let_through)):
            span = let_through[last] - let_through[first]
            assert last - first + 1 <= burst + rate * span + 1e-3


@given(GAPS, st.floats(0.5, 20), st.integers(1, 20))
def test_forgetting_the_idle_changes_no_answer(gaps: list[float], rate: float, burst: int) -> None:
    """Against a bucket that is never forgotten, which counts tokens."""
    buckets, now, tokens, seen = Buckets(rate, burst), 50.0, float(burst), 50.0
    for gap in gaps:
        now += gap
        tokens, seen = min(burst, tokens + (now - seen) * rate), now
        wait = buckets.take("a", now)
        if abs(tokens - 1) > 1e-3:
            assert (wait == 0.0) == (tokens > 1)
        tokens -= wait == 0.0


def test_the_idle_are_forgotten() -> None:
    buckets = Buckets(rate=10.0, burst=10)
    for second in range(60):
        for person in range(100):
            buckets.take(f"{second}:{person}", float(second))
    assert len(buckets) <= 300


def test_beyond_the_most_that_are_remembered_those_who_are_new_share_a_bucket() -> None:
    buckets = Buckets(rate=1.0, burst=2, most=100)
    for number in range(100):
        assert buckets.take(f"{number}", 0.0) == 0.0
    answers = [buckets.take(f"new {number}", 0.0) > 0 for number in range(1_000)]
    assert answers == [False, False] + [True] * 998
    assert len(buckets) == 101
    assert buckets.take("7", 0.0) == 0.0  # who was there before has a bucket of their own
