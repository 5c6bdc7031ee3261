"""Hypothesis strategies for the kernel: small items, few sessions, so that heartbeats collide often."""

from __future__ import annotations

import uuid

from hypothesis import strategies as st

from playhead.progress import (
    ContentId,
    Heartbeat,
    HeartbeatId,
    Instant,
    Intervals,
    Policy,
    SessionId,
    TenantId,
    UserId,
)
from playhead.progress.heartbeat import AHEAD_MS

T0 = 1_700_000_000_000
DURATION_MS = 600_000
DAY_MS = 86_400_000

TENANT = TenantId(str(uuid.UUID(int=1)))
USER = UserId(str(uuid.UUID(int=2)))
CONTENT = ContentId(str(uuid.UUID(int=3)))
SESSIONS = [SessionId(str(uuid.UUID(int=100 + n))) for n in range(3)]


def spans(top: int = 40) -> st.SearchStrategy[list[tuple[int, int]]]:
    point = st.integers(0, top)
    return st.lists(st.tuples(point, point).map(lambda pair: (min(pair), max(pair))), max_size=6)


def intervals(top: int = 40) -> st.SearchStrategy[Intervals]:
    return spans(top).map(Intervals.of)


def media() -> st.SearchStrategy[Intervals]:
    """What was watched, in steps of 10 s or of 0.3 s, so that parts touch, overlap, repeat and close gaps."""
    return intervals(DURATION_MS // 10_000).map(_in_ms)


def _in_ms(watched: Intervals) -> Intervals:
    # Drawing the step as well would take Hypothesis twice as long.
    step = 300 if watched and watched.bounds[0] % 4 == 0 else 10_000
    return Intervals(tuple(bound * step for bound in watched.bounds))


@st.composite
def heartbeats(draw: st.DrawFn, *, days: int = 1, duration_ms: int | None = DURATION_MS) -> Heartbeat:
    occurred = T0 + draw(st.integers(0, days * DAY_MS // 60_000)) * 60_000
    delay = draw(st.sampled_from([0, 0, 1_000, 3_600_000, -AHEAD_MS]))
    return Heartbeat(
        heartbeat_id=HeartbeatId(str(draw(st.uuids()))),
        tenant_id=TENANT,
        user_id=USER,
        content_id=CONTENT,
        session_id=draw(st.none() | st.sampled_from(SESSIONS)),
        sequence=draw(st.integers(0, 5)),
        event=draw(
            st.sampled_from(["play", "heartbeat", "heartbeat", "pause", "ended", "complete", "reopen"])
        ),
        occurred_at=Instant(occurred),
        received_at=Instant(occurred + delay),
        started_at=draw(st.none() | st.integers(0, 60).map(lambda m: Instant(occurred - m * 60_000))),
        position_ms=draw(st.none() | st.integers(0, DURATION_MS)),
        duration_ms=duration_ms,
        watched=draw(st.none() | media()),
        watch_ms=draw(st.none() | st.integers(0, 3_600_000)),
        playback_rate=draw(st.none() | st.sampled_from([0.5, 1.0, 2.0])),
        reported_percentage=draw(st.none() | st.integers(0, 100).map(float)),
        pages_viewed=draw(st.none() | intervals(10)),
        page_count=draw(st.none() | st.just(10)),
        scroll_position=draw(st.none() | st.sampled_from([0.0, 0.5, 1.0])),
    )


policies = st.builds(
    Policy, evidence=st.sampled_from(["any", "watched"]), threshold=st.sampled_from([0.5, 0.9, 1.0])
)
