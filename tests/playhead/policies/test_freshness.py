from __future__ import annotations

from datetime import UTC, datetime

import pytest

from playhead.policies.freshness import IN_FLIGHT, Freshness

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_copy_that_was_never_read_is_due_and_knows_no_change() -> None:
    freshness = Freshness()
    assert freshness.is_due(0, refresh_seconds=30, retry_seconds=5)
    assert (freshness.age(0), freshness.changed_since) == (None, None)


@pytest.mark.parametrize(("now", "is_due"), [(129, False), (130, True)])
def test_a_copy_is_due_when_it_is_no_longer_fresh(now: float, is_due: bool) -> None:
    freshness = Freshness()
    freshness.succeeded(100, NOON)
    assert freshness.is_due(now, refresh_seconds=30, retry_seconds=5) is is_due
    assert freshness.changed_since == NOON - IN_FLIGHT


def test_after_a_failure_the_pause_is_another_and_the_age_goes_on() -> None:
    freshness = Freshness()
    freshness.succeeded(100, NOON)
    freshness.failed(140)
    assert not freshness.is_due(144, refresh_seconds=30, retry_seconds=5)
    assert freshness.is_due(145, refresh_seconds=30, retry_seconds=5)
    assert (freshness.age(145), freshness.changed_since) == (45, NOON - IN_FLIGHT)
    freshness.succeeded(145, NOON)
    assert freshness.failed_at is None
