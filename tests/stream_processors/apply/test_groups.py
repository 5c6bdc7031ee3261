"""Items take the steps of a decision together, which changes nothing."""

from __future__ import annotations

from dataclasses import replace
from unittest.mock import patch

from hypothesis import given, settings

from playhead.kafka.batches import RecordBatch
from playhead.progress import NOTHING, Policy, apply
from playhead.wire.heartbeats import HeartbeatRecord
from stream_processors.apply.states import touched
from tests.stream_processors.apply.test_decide import crowds
from tests.stream_processors.machine import Machine, log_of


@settings(deadline=None)
@given(crowds)
def test_law_deciding_items_together_or_one_at_a_time_makes_no_difference(
    heartbeats: list[HeartbeatRecord],
) -> None:
    batch = RecordBatch(0, 0, log_of(heartbeats))
    together, apart = Machine(), Machine()
    decision = together.take(batch)
    with patch("stream_processors.apply.groups.WORK_PER_STEP", 0):
        assert replace(apart.take(batch), undecodable=[]) == replace(decision, undecodable=[])
    assert apart.progress == together.progress


@settings(deadline=None)
@given(crowds)
def test_law_one_heartbeat_touches_what_it_touches_when_sent_twice(
    heartbeats: list[HeartbeatRecord],
) -> None:
    for each in heartbeats:
        progress = apply(NOTHING, each, Policy())
        assert touched(progress, [(0, each)]) == touched(progress, [(0, each), (1, each)])
