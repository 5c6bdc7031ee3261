"""`playhead status` finds what does not balance."""

from __future__ import annotations

import pytest

from operations.status.partition_status import PartitionOffsets, faults, is_behind, statuses
from playhead.wire.ledger import Ledger

BALANCED = Ledger(first_offset=0, next_offset=10, applied=7, duplicates=2, dead_lettered=1)


def test_a_pipeline_that_is_through_has_no_lag_and_no_fault() -> None:
    (status,) = statuses({3: PartitionOffsets(10, 8, BALANCED, BALANCED, 8)})
    assert (status.partition, status.to_apply, status.to_store) == (3, 0, 0)
    assert faults([status]) == []
    assert not is_behind([status])


@pytest.mark.parametrize(
    "durable", [None, Ledger(first_offset=0, next_offset=9, applied=6, duplicates=2, dead_lettered=1)]
)
def test_what_is_applied_and_not_yet_in_the_states_topic_is_waited_for(durable: Ledger | None) -> None:
    (status,) = statuses({3: PartitionOffsets(10, 8, BALANCED, durable, 8)})
    assert (status.to_apply, status.to_store) == (0, 0)
    assert status.unconfirmed == (10 if durable is None else 1)
    assert is_behind([status])
    assert faults([status]) == []


def test_lag_is_no_fault() -> None:
    (status,) = statuses({0: PartitionOffsets(25, 30, BALANCED, None, None)})
    assert (status.to_apply, status.to_store) == (15, 30)
    assert not status.faults


def test_before_the_first_heartbeat_there_is_nothing_to_balance() -> None:
    assert faults(statuses({0: PartitionOffsets(0, 0, None, None, None)})) == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (PartitionOffsets(10, 8, Ledger(0, 10, 6, 2, 1), None, 8), "Redis has 1 heartbeats unaccounted"),
        (
            PartitionOffsets(10, 8, BALANCED, Ledger(0, 9, 8, 2, 0), 8),
            "Postgres has -1 heartbeats unaccounted",
        ),
        (PartitionOffsets(10, 8, Ledger(0, 5, 5, 0, 0), BALANCED, 8), "Redis only 5"),
        (PartitionOffsets(9, 8, BALANCED, BALANCED, 8), "the log ends at 9"),
    ],
)
def test_what_is_lost_or_counted_twice_is_reported(found: PartitionOffsets, said: str) -> None:
    (fault,) = faults(statuses({2: found}))
    assert fault.startswith("partition 2: ")
    assert said in fault
