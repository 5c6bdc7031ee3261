from __future__ import annotations

import pytest

from stream_processors.errors import StalledError
from stream_processors.watchdog import Sign, Watchdog


def sign(told: int = 5, end: int | None = 10, attempts: int = 0) -> Sign:
    return Sign({0: told}, None if end is None else {0: end}, attempts)


def test_lag_is_what_the_log_has_more() -> None:
    assert Sign({0: 5, 1: 7}, {0: 10, 1: 7}, 0).lag == 5
    assert sign(end=None).lag is None
    assert sign(told=-1).lag is None


def test_work_that_waits_while_nothing_moves_is_a_stall() -> None:
    watchdog = Watchdog(60)
    for now in (0, 30, 60):
        watchdog.look(sign(), now)
    with pytest.raises(StalledError, match="5 heartbeats waiting"):
        watchdog.look(sign(), 61)


@pytest.mark.parametrize(
    "alive",
    [
        lambda n: sign(told=n, end=1_000),  # it moves
        lambda _: sign(told=10),  # nothing waits
        lambda n: sign(attempts=n),  # another process is away, and is asked again and again
    ],
)
def test_a_worker_that_lives_is_left_alone(alive: object) -> None:
    watchdog = Watchdog(60)
    for n in range(10):
        watchdog.look(alive(n), n * 50.0)  # type: ignore[operator]


def test_not_knowing_the_lag_for_long_is_a_stall_too() -> None:
    watchdog = Watchdog(60)
    watchdog.look(sign(end=None), 0)
    with pytest.raises(StalledError, match="unknown number"):
        watchdog.look(sign(end=None), 61)


def test_the_clock_starts_anew_when_work_arrives() -> None:
    watchdog = Watchdog(60)
    watchdog.look(sign(told=10), 0)
    watchdog.look(sign(told=10), 1_000)
    watchdog.look(sign(told=10, end=20), 1_001)
    watchdog.look(sign(told=10, end=20), 1_050)
