"""Viewings are what comparing every two sessions finds, however many are open at once."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from playhead.progress.figures.viewings import COMPARED, TOGETHER_MS, viewings
from playhead.progress.identifiers import Instant
from playhead.progress.quarters import QUARTER_MS, Quarter
from playhead.progress.session import Session

Spans = list[tuple[int, int]]

seconds = st.integers(min_value=0, max_value=40)
quarter = st.tuples(seconds, seconds).map(sorted)
active = st.dictionaries(st.integers(min_value=1, max_value=4), quarter, min_size=1).map(
    lambda quarters: [
        (number * QUARTER_MS + first * 1_000, number * QUARTER_MS + last * 1_000)
        for number, (first, last) in sorted(quarters.items())
    ]
)


@given(st.lists(active, max_size=COMPARED))
def test_viewings_are_what_comparing_every_two_sessions_finds(lives: list[Spans]) -> None:
    sessions = {str(number): session(spans) for number, spans in enumerate(lives)}
    together = [
        {one, other}
        for (one, mine), (other, theirs) in combinations(zip(sessions, lives, strict=True), 2)
        if overlap_ms(mine, theirs) > TOGETHER_MS
    ]
    groups = [{key} for key in sessions]
    for pair in together:
        joined = set().union(*(group for group in groups if group & pair))
        groups = [*(group for group in groups if not group & pair), joined]
    assert sorted(map(sorted, viewings(sessions))) == sorted(map(sorted, groups))


def test_two_thousand_sessions_of_the_same_minute_are_one_viewing() -> None:
    sessions = {str(n): session([(QUARTER_MS + 10 * n, QUARTER_MS + 60_000)]) for n in range(2_000)}
    assert [sorted(keys) for keys in viewings(sessions)] == [sorted(sessions)]


def session(spans: Spans) -> Session:
    """A session that was active for these times, one in each quarter of an hour."""
    *before, (first_at, last_at) = spans
    return Session(
        started_at=Instant(spans[0][0]),
        first_at=Instant(first_at),
        last_at=Instant(last_at),
        quarters=tuple(Quarter(Instant(start), end - start, 0) for start, end in before),
    )


def overlap_ms(one: Spans, other: Spans) -> int:
    """How long both are active."""
    return sum(max(0, min(end, stops) - max(start, begins)) for start, end in one for begins, stops in other)
