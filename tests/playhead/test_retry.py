from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.retry import Backoff, Retry


def test_pauses_double_up_to_the_longest() -> None:
    backoff = Backoff(first_seconds=1, longest_seconds=10)
    assert [backoff.after(failures) for failures in range(1, 7)] == [1, 2, 4, 8, 10, 10]


@given(st.integers(min_value=0, max_value=10**12))
def test_no_number_of_failures_overflows(failures: int) -> None:
    assert 0.2 <= Backoff(0.2, 5.0).after(failures) <= 5.0


def test_each_pause_lies_between_half_and_all_of_what_the_failures_ask() -> None:
    backoff = Backoff(first_seconds=0.1, longest_seconds=3.0)
    for failures, pause in enumerate(islice(backoff.pauses(), 20), start=1):
        assert backoff.after(failures) / 2 <= pause <= backoff.after(failures)


@pytest.mark.parametrize(("first", "longest"), [(0, 1), (-1, 1), (2, 1)])
def test_pauses_that_do_not_grow_are_refused(first: float, longest: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        Backoff(first, longest)


class AwayError(Exception):
    pass


class GaveUpError(Exception):
    pass


def failing(times: int, error: type[Exception] = AwayError) -> Callable[[], str]:
    left = iter(range(times))

    def attempt() -> str:
        if next(left, None) is not None:
            raise error
        return "done"

    return attempt


def test_a_call_is_repeated_with_growing_pauses_until_it_succeeds() -> None:
    pauses: list[float] = []
    first_of_a_row: list[bool] = []
    retry = Retry(
        AwayError, backoff=Backoff(1, 8), on_failure=lambda _: first_of_a_row.append(retry.failure is None)
    )
    assert retry.call(failing(3), pauses.append) == "done"
    assert first_of_a_row == [True, False, False]
    assert [round(pause / limit, 1) >= 0.5 for pause, limit in zip(pauses, (1, 2, 4), strict=True)] == [
        True
    ] * 3
    assert retry.failure is None


def test_an_error_that_waiting_does_not_resolve_passes_through() -> None:
    with pytest.raises(KeyError):
        Retry(AwayError).call(failing(1, KeyError), lambda _: None)


@pytest.mark.anyio
async def test_a_wait_that_raises_gives_up() -> None:
    attempt = failing(10**6)

    async def attempt_async() -> str:
        return attempt()

    async def give_up(_: float) -> None:
        raise GaveUpError

    retry = Retry(AwayError)
    with pytest.raises(GaveUpError):
        await retry.call_async(attempt_async, give_up)
    assert isinstance(retry.failure, AwayError)
