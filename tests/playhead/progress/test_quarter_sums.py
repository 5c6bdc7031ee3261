"""Watch time in sums by quarter of an hour is the watch time of the sessions, however they are added."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from playhead.progress import NOTHING, Policy, apply
from playhead.progress.figures.quarter_sums import added, added_ms, quarter_sums, total_ms
from playhead.progress.figures.watch_time import watch_time_ms
from tests.playhead.progress.test_older import kinds, life, policies, seeds


@settings(max_examples=60, deadline=None)
@given(seeds, st.integers(1, 40), kinds, policies, st.sampled_from([1, 3, 20]))
def test_the_sums_of_two_parts_add_up(
    random: Random, count: int, kind: str, policy: Policy, days: int
) -> None:
    progress = NOTHING
    for heartbeat in life(random, count, kind, days=days):
        progress = apply(progress, heartbeat, policy)
    sessions = list(progress.sessions.values())
    one, other = sessions[::2], sessions[1::2]
    sums, more = quarter_sums(one, policy), quarter_sums(other, policy)
    assert total_ms(sums.values()) == watch_time_ms(one, policy)
    assert added(sums, more) == added(more, sums) == quarter_sums(sessions, policy)
    whole = watch_time_ms(sessions, policy)
    assert added_ms(sums, more) == whole - watch_time_ms(one, policy)
    assert added_ms(more, sums) == whole - watch_time_ms(other, policy)
