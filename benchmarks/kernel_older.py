"""An item of 2,000 sessions, the most there can be: a new session, and a late heartbeat of one of the others.

The sums that are stored with the older sessions are enough for a new one; a late heartbeat needs all of them.

`apart`: each session is active in one quarter of an hour, and ends before the next one begins.
`overlapping`: each is active in three, and four are open at any time, so that they share their watch time.
`together`: each is active in three, and all are open at once.
"""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from timeit import repeat
from uuid import UUID

from benchmarks.kernel_worst import PERSON, POLICY, START_MS
from playhead.progress import (
    ContentId,
    Heartbeat,
    HeartbeatId,
    Instant,
    Intervals,
    Progress,
    Session,
    SessionId,
    TenantId,
    apply,
)
from playhead.progress.compaction import MAX_SESSIONS
from playhead.progress.older import Growth, grown, may_grow, split, whole
from playhead.progress.quarters import QUARTER_MS, Quarter
from playhead.progress.session import Position
from playhead.wire.progress import (
    SealedOlder,
    decode_older,
    decode_progress,
    encode_older,
    encode_progress,
)

ACTIVE_MS = 600_000
WATCH_MS = 100_000
"""Of each quarter."""
FIRST_MS = START_MS // QUARTER_MS * QUARTER_MS
SHAPES = {"apart": (26 * 60_000, 1), "overlapping": (600_000, 3), "together": (1_000, 3)}
"""From the beginning of one session to that of the next, and the quarters of an hour of each."""
REPEATS = 7


def item(step_ms: int, quarters: int) -> Progress:
    """All that is known of the item before the new session."""
    sessions = {
        str(UUID(int=n)): _session(FIRST_MS + n * step_ms, quarters, n % 7 * 1_000)
        for n in range(MAX_SESSIONS - 1)
    }
    return Progress(sessions=sessions, duration_ms=600_000)


def new_session(progress: Progress) -> Heartbeat:
    """The first heartbeat of another session."""
    at = max(session.last_at for session in progress.sessions.values())
    return _heartbeat(str(UUID(int=2**64)), at, 5_000)


def late(progress: Progress) -> Heartbeat:
    """A heartbeat of a session among the older ones."""
    key = str(UUID(int=MAX_SESSIONS // 2))
    session = progress.sessions[key]
    return _heartbeat(key, Instant(session.last_at + 10_000), session.watch_ms + 10_000)


def run() -> dict[str, dict[str, float]]:
    """Shape -> ms of processor time for each step of a new session, the least of several repeats."""
    return {name: _of_new_session(item(*shape)) for name, shape in SHAPES.items()}


def run_late() -> dict[str, dict[str, float]]:
    """Shape -> ms of processor time for each step of a late heartbeat, the least of several repeats."""
    return {name: _of_late_heartbeat(item(*shape)) for name, shape in SHAPES.items()}


def _of_new_session(before: Progress) -> dict[str, float]:
    heartbeat, stored, held = new_session(before), *_stored(before)
    record, older = decode_progress(stored), decode_older(held)
    after = apply(record, heartbeat, POLICY)
    growth = _grown(after, older)
    if not may_grow(record, older.sums, older.sessions, [heartbeat], POLICY):
        raise AssertionError("a new session needs the older sessions")
    return _least(
        {
            "read_ms": lambda: [decode_progress(stored), decode_older(held)],
            "apply_ms": lambda: [
                may_grow(record, older.sums, older.sessions, [heartbeat], POLICY),
                apply(record, heartbeat, POLICY),
            ],
            "split_ms": lambda: _grown(after, older),
            "write_ms": lambda: [
                encode_progress(growth.record),
                growth.moved and encode_older(older.plus(growth.moved, growth.sums)),
            ],
        }
    )


def _of_late_heartbeat(before: Progress) -> dict[str, float]:
    heartbeat, stored, held = late(before), *_stored(before)
    after = apply(before, heartbeat, POLICY)
    parts = split(after, POLICY)
    return _least(
        {
            "read_ms": lambda: whole(decode_progress(stored), decode_progress(held)),
            "apply_ms": lambda: apply(before, heartbeat, POLICY),
            "split_ms": lambda: split(after, POLICY),
            "write_ms": lambda: [encode_progress(part) for part in parts if part is not None],
        }
    )


def _least(steps: dict[str, Callable[[], object]]) -> dict[str, float]:
    took = {
        name: min(repeat(step, timer=process_time, number=1, repeat=REPEATS)) * 1e3
        for name, step in steps.items()
    }
    return {**took, "all_ms": sum(took.values())}


def _stored(progress: Progress) -> tuple[bytes, bytes]:
    record, older = split(progress, POLICY)
    if older is None:
        raise AssertionError("the item has no older sessions")
    return encode_progress(record), encode_progress(older)


def _grown(progress: Progress, older: SealedOlder) -> Growth:
    growth = None if older.sums is None else grown(progress, older.sums, POLICY)
    if growth is None:
        raise AssertionError("a new session needs the older sessions")
    return growth


def _heartbeat(session: str, at: Instant, watch_ms: int) -> Heartbeat:
    return Heartbeat(
        heartbeat_id=HeartbeatId(f"{1:036}"),
        tenant_id=TenantId(f"{2:036}"),
        user_id=PERSON,
        content_id=ContentId(f"{4:036}"),
        session_id=SessionId(session),
        occurred_at=at,
        received_at=at,
        position_ms=5_000,
        watched=Intervals((0, 5_000)),
        watch_ms=watch_ms,
        playback_rate=1.0,
    )


def _session(began: int, count: int, shown_ms: int) -> Session:
    *before, last = [began + number * QUARTER_MS for number in range(count)]
    quarters = tuple(
        Quarter(Instant(first), ACTIVE_MS, WATCH_MS, (shown_ms + n * WATCH_MS, shown_ms + (n + 1) * WATCH_MS))
        for n, first in enumerate(before)
    )
    ended = Instant(last + ACTIVE_MS)
    return Session(
        started_at=Instant(began),
        first_at=Instant(last),
        last_at=ended,
        watched=Intervals((shown_ms, shown_ms + count * WATCH_MS)),
        watch_ms=count * WATCH_MS,
        rate=1.0,
        measured=True,
        duration_ms=600_000,
        position=Position(ended, 1, 300_000, None),
        quarters=quarters,
    )
