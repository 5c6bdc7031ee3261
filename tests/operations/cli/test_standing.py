"""`playhead status` finds what does not balance."""

from __future__ import annotations

import pytest

from operations.status.standing import Found, faults, standings
from playhead.wire.ledger import Ledger

BALANCED = Ledger(first_offset=0, next_offset=10, applied=7, duplicates=2, dead_lettered=1)


def test_a_pipeline_that_is_through_has_no_lag_and_no_fault() -> None:
    (standing,) = standings({3: Found(10, 8, BALANCED, BALANCED, 8)})
    assert (standing.partition, standing.to_apply, standing.to_store) == (3, 0, 0)
    assert faults([standing]) == []


def test_lag_is_no_fault() -> None:
    (standing,) = standings({0: Found(25, 30, BALANCED, None, None)})
    assert (standing.to_apply, standing.to_store) == (15, 30)
    assert not standing.faults


def test_before_the_first_heartbeat_there_is_nothing_to_balance() -> None:
    assert faults(standings({0: Found(0, 0, None, None, None)})) == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Found(10, 8, Ledger(0, 10, 6, 2, 1), None, 8), "Redis has 1 heartbeats unaccounted"),
        (Found(10, 8, BALANCED, Ledger(0, 9, 8, 2, 0), 8), "Postgres has -1 heartbeats unaccounted"),
        (Found(10, 8, Ledger(0, 5, 5, 0, 0), BALANCED, 8), "Redis only 5"),
        (Found(9, 8, BALANCED, BALANCED, 8), "the log ends at 9"),
    ],
)
def test_what_is_lost_or_counted_twice_is_told(found: Found, said: str) -> None:
    (fault,) = faults(standings({2: found}))
    assert fault.startswith("partition 2: ")
    assert said in fault
