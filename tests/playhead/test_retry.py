from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playhead.retry import Backoff


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
