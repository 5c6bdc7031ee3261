from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_processors.errors import StalledError
from stream_processors.partition.watchdog import Watchdog, WorkerSnapshot

NONE = frozenset[int]()
HELD = frozenset({0})


def snapshot(published: int = 5, end: int | None = 10, excused: frozenset[int] = NONE) -> WorkerSnapshot:
    return WorkerSnapshot({0: published}, None if end is None else {0: end}, excused)


def test_the_lag_is_log_end_minus_published() -> None:
    assert WorkerSnapshot({0: 5, 1: 7}, {0: 10, 1: 7}).lag == 5
    assert snapshot(end=None).lag is None
    assert snapshot(published=-1).lag is None


def test_work_that_waits_while_nothing_moves_is_a_stall() -> None:
    watchdog = Watchdog(60)
    for now in (0, 30, 60):
        watchdog.check(snapshot(), now)
    with pytest.raises(StalledError, match=r"partition 0 .* offset 5 .* 5 heartbeats before it"):
        watchdog.check(snapshot(), 61)


@pytest.mark.parametrize(
    "alive",
    [
        lambda n: snapshot(published=n, end=1_000),  # it moves
        lambda _: snapshot(published=10),  # nothing waits
        lambda _: snapshot(excused=HELD),  # a store answers no client
        lambda _: snapshot(published=-1, excused=HELD),  # the same, before it is located
    ],
)
def test_a_worker_that_moves_or_is_excused_is_not_ended(alive: Callable[[int], WorkerSnapshot]) -> None:
    watchdog = Watchdog(60)
    for n in range(10):
        watchdog.check(alive(n), n * 50.0)


def test_one_partition_that_stands_still_is_a_stall_while_the_others_move() -> None:
    watchdog = Watchdog(60)
    ends = {0: 1_000, 1: 1_000}
    failing = {1: "step emit fails for 61 s: no ack"}
    for now in range(0, 61, 10):
        watchdog.check(WorkerSnapshot({0: now, 1: 5}, ends, failing=failing), now)
    with pytest.raises(StalledError, match=r"partition 1 .* 995 heartbeats .* step emit fails"):
        watchdog.check(WorkerSnapshot({0: 61, 1: 5}, ends, failing=failing), 61)


def test_an_unknown_lag_for_long_is_a_stall_too() -> None:
    watchdog = Watchdog(60)
    watchdog.check(snapshot(end=None), 0)
    with pytest.raises(StalledError, match="unknown number"):
        watchdog.check(snapshot(end=None), 61)


def test_the_time_starts_again_when_work_or_the_partition_arrives() -> None:
    watchdog = Watchdog(60)
    watchdog.check(snapshot(published=10), 0)
    watchdog.check(snapshot(published=10), 1_000)
    watchdog.check(snapshot(published=10, end=20), 1_001)
    watchdog.check(snapshot(published=10, end=20), 1_050)
    watchdog.check(WorkerSnapshot({}, {}), 1_055)  # revoked
    watchdog.check(snapshot(published=10, end=20), 1_060)
    watchdog.check(snapshot(published=10, end=20), 1_110)


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), min_size=1, max_size=30))
def test_law_a_stall_is_found_when_and_only_when_nothing_excused_it_for_so_long(
    looks: list[tuple[int, bool]],
) -> None:
    watchdog, now, since = Watchdog(60), 0, 0
    watchdog.check(snapshot(), 0)
    for pause, is_excused in looks:
        now += pause
        since = now if is_excused else since
        if now - since > 60:
            with pytest.raises(StalledError):
                watchdog.check(snapshot(), now)
            return
        watchdog.check(snapshot(excused=HELD if is_excused else NONE), now)
