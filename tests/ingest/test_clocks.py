"""The laws of a request's clock: one shift for all times, found in what the request says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clocks import BEHIND_MS, MAX_OFFSET_MS, UNCORRECTED, Correction, correction, moved, reason_of
from playhead.progress.heartbeat import AHEAD_MS, OLDEST_MS
from playhead.progress.identifiers import DAY_MS, Instant

NOW = Instant(1_795_000_000_123)
OFFSETS = st.integers(-MAX_OFFSET_MS, MAX_OFFSET_MS)
AGES = st.lists(st.integers(0, OLDEST_MS), min_size=1, max_size=20)
"""How long ago each heartbeat of a request truly occurred."""

MINUTE_MS = 60_000


@given(AGES, OFFSETS)
def test_a_clock_whose_offset_is_stated_changes_nothing(ages: list[int], offset_ms: int) -> None:
    times = [Instant(NOW - age + offset_ms) for age in ages]
    by = correction(max(times), NOW, offset_ms)
    assert [moved(time, NOW, by) for time in times] == [NOW - age for age in ages]


@given(AGES, st.integers(0, MAX_OFFSET_MS) | st.integers(-MAX_OFFSET_MS, -BEHIND_MS - 1))
def test_the_time_of_sending_corrects_a_clock_ahead_or_a_day_behind(ages: list[int], offset_ms: int) -> None:
    times = [Instant(NOW - age + offset_ms) for age in ages]
    by = correction(max(times), NOW, None, Instant(NOW + offset_ms))
    assert [moved(time, NOW, by) for time in times] == [NOW - age for age in ages]


@given(AGES, st.integers(0, BEHIND_MS))
def test_a_slow_message_is_not_a_slow_clock(ages: list[int], delay_ms: int) -> None:
    assert correction(Instant(NOW - min(ages)), NOW, None, Instant(NOW - delay_ms)) == UNCORRECTED


@given(AGES, st.integers(1, MAX_OFFSET_MS))
def test_a_request_from_the_future_moves_back_as_a_whole(ages: list[int], ahead_ms: int) -> None:
    newest = Instant(NOW + ahead_ms)
    times = [Instant(newest - age) for age in (*ages, 0)]
    by = correction(max(times), NOW)
    assert [moved(time, NOW, by) for time in times] == [NOW - age for age in (*ages, 0)]


@given(AGES, st.integers(OLDEST_MS + 1, MAX_OFFSET_MS))
def test_a_request_all_older_than_30_days_moves_forward_as_a_whole(ages: list[int], behind_ms: int) -> None:
    newest = Instant(NOW - behind_ms)
    times = [Instant(newest - age) for age in (*ages, 0)]
    by = correction(max(times), NOW)
    assert by == Correction(behind_ms, "behind")
    assert [moved(time, NOW, by) for time in times] == [NOW - age for age in (*ages, 0)]


@given(AGES)
def test_an_ordinary_request_does_not_move(ages: list[int]) -> None:
    times = [Instant(NOW - age) for age in ages]
    by = correction(max(times), NOW)
    assert by == UNCORRECTED
    assert [moved(time, NOW, by) for time in times] == times


@given(st.integers(-(2**45), 2**45), st.none() | OFFSETS, st.none() | OFFSETS)
def test_whatever_is_sent_fits_the_log_and_has_a_reason_if_it_moved(
    age: int, offset_ms: int | None, sending: int | None
) -> None:
    stated = Instant(NOW - age)
    by = correction(stated, NOW, offset_ms, None if sending is None else Instant(NOW + sending))
    kept = moved(stated, NOW, by)
    assert NOW - OLDEST_MS <= kept <= NOW + AHEAD_MS
    assert kept == stated or reason_of(stated, kept, by) is not None


def test_each_time_older_than_30_days_is_limited_by_itself() -> None:
    old = Instant(NOW - 40 * DAY_MS)
    by = correction(NOW, NOW)
    assert moved(old, NOW, by) == NOW - OLDEST_MS
    assert reason_of(old, moved(old, NOW, by), by) == "tooOld"
    later = Instant(NOW + 3 * MINUTE_MS)
    by = correction(later, NOW, 0)
    assert (moved(later, NOW, by), reason_of(later, moved(later, NOW, by), by)) == (NOW + AHEAD_MS, "tooNew")


@pytest.mark.parametrize("newest", [None, NOW, Instant(NOW - OLDEST_MS)])
def test_at_the_limits_nothing_moves(newest: Instant | None) -> None:
    assert correction(newest, NOW) == UNCORRECTED
