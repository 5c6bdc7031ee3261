"""The kernel's hot path, in microseconds per heartbeat: decode, apply, summarize, encode.

`python -m benchmarks.kernel`. The least of several repeats, since noise only ever adds.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import islice
from timeit import repeat

from benchmarks.kernel_worst import POLICY as WORST_POLICY
from benchmarks.kernel_worst import Case, cases
from operations.demo.audience.habits import Habits
from operations.demo.audience.viewer import audience
from playhead.progress import (
    NOTHING,
    ContentId,
    HeartbeatId,
    Instant,
    Intervals,
    Policy,
    SessionId,
    TenantId,
    UserId,
    apply,
    join,
    summarize,
)
from playhead.wire.codec import encode
from playhead.wire.heartbeats import HeartbeatRecord, decode_heartbeat
from playhead.wire.progress import decode_progress, encode_progress

HEARTBEATS = 2_000
REPEATS = 15
START_MS = 1_700_000_000_000


def records(count: int) -> list[HeartbeatRecord]:
    """The heartbeats of a simulated audience, as ingest would write them."""
    return [
        HeartbeatRecord(
            v=1,
            heartbeat_id=HeartbeatId(beat.body["heartbeatId"]),
            tenant_id=TenantId(beat.user),
            user_id=UserId(beat.user),
            content_id=ContentId(beat.body["contentId"]),
            session_id=SessionId(beat.body["sessionId"]),
            sequence=beat.body["sequence"],
            event=beat.body["event"],
            kind="video",
            occurred_at=Instant(START_MS + int(beat.occurred_s * 1000)),
            received_at=Instant(START_MS + int(beat.occurred_s * 1000)),
            position_ms=int(sent["lastPositionSeconds"] * 1000),
            duration_ms=sent["durationSeconds"] * 1000,
            watched=Intervals.of((int(a * 1000), int(b * 1000)) for a, b in sent["watchedSegments"]),
            watch_ms=int(sent["watchTimeSeconds"] * 1000),
            playback_rate=sent["playbackRate"],
        )
        for beat in islice(audience(Habits(size=200)), count)
        for sent in [beat.body["metadata"]]
    ]


def run() -> dict[str, float]:
    """Step -> µs per heartbeat, on progress as it stands midway through a session."""
    policy = Policy()
    heartbeats = records(2 * HEARTBEATS)
    raw = [encode(heartbeat) for heartbeat in heartbeats[HEARTBEATS:]]
    known = dict.fromkeys(((each.user_id, each.content_id) for each in heartbeats), NOTHING)
    for heartbeat in heartbeats[:HEARTBEATS]:
        key = (heartbeat.user_id, heartbeat.content_id)
        known[key] = apply(known[key], heartbeat, policy)
    pairs = [(known[each.user_id, each.content_id], each) for each in heartbeats[HEARTBEATS:]]
    after = [apply(progress, heartbeat, policy) for progress, heartbeat in pairs]
    stored = [encode_progress(progress) for progress in after]
    again = [(progress, heartbeat) for progress, (_, heartbeat) in zip(after, pairs, strict=True)]

    steps: dict[str, Callable[[], object]] = {
        "decode a heartbeat": lambda: [decode_heartbeat(each) for each in raw],
        "decode progress": lambda: [decode_progress(each) for each in stored],
        "apply": lambda: [apply(progress, heartbeat, policy) for progress, heartbeat in pairs],
        "apply a duplicate": lambda: [apply(progress, heartbeat, policy) for progress, heartbeat in again],
        "join": lambda: [join(progress, progress) for progress in after],
        "summarize": lambda: [summarize(progress, policy) for progress in after],
        "encode progress": lambda: [encode_progress(progress) for progress in after],
    }
    return {
        name: min(repeat(step, number=1, repeat=REPEATS)) / HEARTBEATS * 1e6 for name, step in steps.items()
    }


def worst() -> dict[str, float]:
    """Shape of the largest item -> ms for `apply` and `summarize` of one heartbeat."""

    def once(case: Case) -> None:
        summarize(apply(case.progress, case.heartbeat, WORST_POLICY), WORST_POLICY)

    return {case.name: min(repeat(partial(once, case), number=1, repeat=REPEATS)) * 1e3 for case in cases()}


if __name__ == "__main__":
    for name, micros in run().items():
        print(f"{name:20} {micros:6.2f} µs")
    for name, millis in worst().items():
        print(f"{name:32} {millis:6.2f} ms")
