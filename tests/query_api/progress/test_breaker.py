from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from query_api.progress.breaker import Breaker

CLOSED = Breaker(limit=3, cooldown=1.0)


def failing(times: int, at: float = 0.0) -> Breaker:
    breaker = CLOSED
    for _ in range(times):
        breaker = breaker.failed(at)
    return breaker


def test_it_stays_closed_below_the_limit() -> None:
    assert failing(2).state == "closed"
    assert failing(2).admit(0.0) == (True, failing(2))


def test_it_opens_at_the_limit_for_the_cooldown() -> None:
    opened = failing(3)

    assert opened.state == "open"
    assert opened.admit(0.999)[0] is False
    assert opened.admit(1.0)[0] is True


def test_one_call_a_cooldown_tries_while_it_is_open() -> None:
    admitted, probing = failing(3).admit(1.0)

    assert admitted
    assert probing.admit(1.5)[0] is False
    assert probing.admit(2.0)[0] is True


def test_a_probe_that_fails_keeps_it_open() -> None:
    _, probing = failing(3).admit(1.0)

    assert probing.failed(1.05).admit(2.0)[0] is False
    assert probing.failed(1.05).admit(2.05)[0] is True


def test_a_probe_that_succeeds_closes_it() -> None:
    _, probing = failing(3).admit(1.0)

    assert probing.succeeded() == CLOSED


def test_only_failures_in_a_row_count() -> None:
    assert failing(2).succeeded().failed(0.0).failed(0.0).state == "closed"


@given(st.lists(st.tuples(st.floats(0, 0.3), st.booleans()), min_size=1, max_size=200))
def test_a_store_that_is_away_is_tried_seldom_and_one_that_answers_is_found_again(
    calls: list[tuple[float, bool]],
) -> None:
    breaker, now = CLOSED, 0.0
    tries_in_a_row_that_failed: list[float] = []
    for pause, up in calls:
        now += pause
        admitted, breaker = breaker.admit(now)
        if not admitted:
            assert tries_in_a_row_that_failed
            assert now - tries_in_a_row_that_failed[-1] < CLOSED.cooldown
        elif up:
            breaker, tries_in_a_row_that_failed = breaker.succeeded(), []
            assert breaker.state == "closed"
        else:
            breaker = breaker.failed(now)
            tries_in_a_row_that_failed.append(now)
            later = tries_in_a_row_that_failed[CLOSED.limit :]
            assert all(
                after - before >= CLOSED.cooldown
                for before, after in zip(tries_in_a_row_that_failed[CLOSED.limit - 1 :], later, strict=False)
            )
