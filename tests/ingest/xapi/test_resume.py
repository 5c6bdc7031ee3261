"""What a player receives before it starts."""

from __future__ import annotations

import pytest

from ingest.lrs.resume import paused_statement
from ingest.xapi import values
from ingest.xapi import vocabulary as xapi
from playhead.progress import NOTHING, Heartbeat, HeartbeatId, Instant, Intervals, Policy, apply
from tests.playhead.progress.strategies import CONTENT, SESSIONS, TENANT, USER

AT = Instant(1_790_000_000_000)


@pytest.mark.parametrize(
    "spans", [[(0, 12_500), (30_000, 45_001)], [(1_234_567, 1_234_890)], [(0, 1_000_000_001)]]
)
def test_the_segments_are_those_that_were_watched_to_the_millisecond(spans: list[tuple[int, int]]) -> None:
    watched = Intervals.of(spans)
    heartbeat = Heartbeat(
        heartbeat_id=HeartbeatId(SESSIONS[1]),
        tenant_id=TENANT,
        user_id=USER,
        content_id=CONTENT,
        session_id=SESSIONS[0],
        occurred_at=AT,
        received_at=AT,
        started_at=Instant(AT - 20 * 86_400_000),
        duration_ms=1_100_000_000,
        watched=watched,
        watch_ms=watched.length,
    )
    progress = apply(NOTHING, heartbeat, Policy())
    found = paused_statement(progress, "https://lms.example/item", {}, TENANT, USER)
    assert found is not None
    said = found["result"]["extensions"][xapi.SEGMENTS]
    assert values.segments(said, "result") == watched
