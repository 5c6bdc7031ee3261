from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from playhead.metrics.lag import MOST_LOOKS, LagAge


def test_nothing_waits_at_the_end_of_the_log() -> None:
    assert LagAge().age(7, 7, now=100.0) == 0


def test_a_record_has_waited_since_the_log_was_last_seen_without_it() -> None:
    lag = LagAge()
    assert lag.age(7, 7, now=100.0) == 0
    assert lag.age(7, 9, now=101.0) == 1
    assert lag.age(7, 9, now=150.0) == 50


def test_a_quiet_partition_is_not_late_when_a_record_comes() -> None:
    lag = LagAge()
    lag.processed(written_at=10.0)
    assert lag.age(7, 7, now=5_000.0) == 0
    assert lag.age(7, 8, now=5_001.0) == 1


def test_a_backlog_from_before_this_process_is_as_old_as_what_is_processed_of_it() -> None:
    lag = LagAge()
    assert lag.age(0, 1_000, now=5_000.0) == 0, "nothing is known of it yet"
    lag.processed(written_at=1_400.0)
    assert lag.age(400, 1_000, now=5_001.0) == 3_601
    lag.processed(written_at=1_999.0)
    assert lag.age(999, 1_000, now=5_002.0) == 3_003
    assert lag.age(1_000, 1_000, now=5_003.0) == 0


def test_the_age_falls_as_the_lag_is_worked_off() -> None:
    lag = LagAge()
    for second in range(100):
        lag.age(0, second * 10, now=1_000.0 + second)
    assert lag.age(0, 990, now=1_100.0) == 100
    assert lag.age(500, 990, now=1_100.0) == 50


@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5)),
        min_size=1,
        max_size=200,
    )
)
def test_the_age_is_within_a_look_of_the_truth(steps: list[tuple[int, int]]) -> None:
    """Records come in the middle of the second between two looks; some are processed in each."""
    lag, written, position, now = LagAge(), [], 0, 1_000.0
    lag.age(0, 0, now)
    for come, processed in steps:
        now += 1
        written += [now - 0.5] * come
        position = min(len(written), position + processed)
        if position:
            lag.processed(written[position - 1])
        age = lag.age(position, len(written), now)
        truth = now - written[position] if position < len(written) else 0.0
        assert truth <= age <= truth + 1


def test_a_long_outage_takes_little_memory() -> None:
    lag = LagAge()
    lag.age(0, 0, now=0.0)
    for second in range(1, MOST_LOOKS * 4):
        assert lag.age(0, second, now=float(second)) == second
    assert len(lag._looks) <= MOST_LOOKS + 1
