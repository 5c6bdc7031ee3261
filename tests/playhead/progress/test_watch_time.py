"""The watch time of sessions that share a quarter of an hour, and of a person over all items."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from playhead.progress import Heartbeat, Instant, Intervals, Policy, Session
from playhead.progress.figures.persons_time import ItemSessions, excess_ms
from playhead.progress.figures.watch_time import own_times, quarter_times, shared_times, watch_time_ms
from playhead.progress.quarters import QUARTER_MS, Quarter
from tests.playhead.progress.strategies import policies
from tests.playhead.progress.test_laws import apply_all, some


@given(some, policies)
def test_what_sessions_share_adds_up_to_the_time_of_the_item(these: list[Heartbeat], policy: Policy) -> None:
    sessions = apply_all(these, policy).sessions
    shared = shared_times(sessions, policy)
    if shared is None:
        shared = {key: own_times(session, policy) for key, session in sessions.items()}
    total = Counter[int]()
    for key, times in shared.items():
        own = own_times(sessions[key], policy)
        assert own.keys() == times.keys()
        assert all(0 <= wall <= own[quarter] for quarter, wall in times.items())
        total.update(times)
    assert +total == +Counter(quarter_times(sessions.values(), policy))


@given(st.lists(some, max_size=3), policies)
def test_a_persons_quarter_holds_a_quarter_of_an_hour(items: list[list[Heartbeat]], policy: Policy) -> None:
    played = [ItemSessions(apply_all(these, policy).sessions.values(), policy) for these in items]
    times = Counter[int]()
    for item in played:
        times.update(quarter_times(*item))
    within = sum(min(wall, QUARTER_MS) for wall in times.values())
    assert sum(times.values()) - excess_ms(played) == within


def test_time_asserted_before_a_session_is_not_counted_twice() -> None:
    hour_ms = 3_600_000
    now = Instant(500_000 * hour_ms)
    earlier = Session(started_at=now, last_at=now, watch_ms=hour_ms)
    began = Instant(now + 8 * hour_ms)
    later = Session(
        started_at=began,
        last_at=Instant(began + 5 * hour_ms),
        watch_ms=11 * hour_ms,
        quarters=(Quarter(began, 0, 10 * hour_ms),),
    )
    policy = Policy(evidence="any", grace_ms=0)
    assert watch_time_ms([earlier, later], policy) == 11 * hour_ms


def test_sessions_in_different_quarters_are_added_and_those_of_one_are_not() -> None:
    began = Instant(2_000_000 * QUARTER_MS)
    first, second, apart = (
        Session(
            started_at=Instant(began + at),
            last_at=Instant(began + at + 60_000),
            watched=Intervals((0, 60_000)),
            watch_ms=60_000,
        )
        for at in (0, 30_000, 2 * QUARTER_MS)
    )
    assert watch_time_ms([apart, first, second], Policy(grace_ms=0)) == 90_000 + 60_000


@given(st.permutations(range(4)), policies)
def test_sessions_apart_share_nothing_in_any_order(order: list[int], policy: Policy) -> None:
    """A record lists them by their keys, which are random."""
    sessions = {
        str(number): Session(
            started_at=Instant(1_790_000_000_000 + number * 3_600_000),
            last_at=Instant(1_790_000_000_000 + number * 3_600_000 + 60_000),
            watched=Intervals.of([(0, 50_000)]),
            watch_ms=50_000,
        )
        for number in order
    }
    assert shared_times(sessions, policy) is None
    assert watch_time_ms(sessions.values(), policy) == 200_000
