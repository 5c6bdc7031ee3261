"""The largest items that can exist, in the shapes that cost most, each with a heartbeat that changes it.

Everything is at its bound: the spans (`MAX_SPANS`), the sessions (64 of them), the layers (`MOST_TIMES`)
and the sessions in excess of their budgets, of which four are weighed against one another.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from playhead.progress import (
    EMPTY,
    ContentId,
    Heartbeat,
    HeartbeatId,
    Instant,
    Intervals,
    Policy,
    Progress,
    SessionId,
    TenantId,
    UserId,
)
from playhead.progress.acts import ItemAct
from playhead.progress.advance import FEW_SESSIONS, MAX_SPANS
from playhead.progress.figures.completion import MOST_TIMES
from playhead.progress.figures.credit import CREDITED_TOGETHER
from playhead.progress.intervals import LIMIT
from playhead.progress.progress import CompactedSessions
from playhead.progress.session import Position, Session

START_MS = 1_700_000_000_000
STEP_MS, SPAN_MS = 20_000, 19_000
"""From one span to the next, and how long each is: the gaps do not close, and the item is completed."""
PERSON = UserId(f"{3:036}")
POLICY = Policy()
BEGUN_AGAIN = (ItemAct(Instant(START_MS - 900_000), "attempt"),)


@dataclass(frozen=True, slots=True)
class Case:
    """An item at its bounds, and a heartbeat that changes it."""

    name: str
    progress: Progress
    heartbeat: Heartbeat


def cases() -> list[Case]:
    """Every shape. All are reopened midway, where that is possible, so that they are accrued twice."""
    return [
        _weighed("in excess, apart", apart=True),
        _weighed("in excess, overlapping", apart=False),
        _many("64 sessions that fit", lasted_ms=10_000_000),
        _many("64 sessions in excess", lasted_ms=1_000),
        _many("64 sessions, one more", lasted_ms=10_000_000, session=FEW_SESSIONS),
        _many("64 sessions in excess, one more", lasted_ms=1_000, session=FEW_SESSIONS),
        _document(),
        _visits(),
        _layers("256 layers"),
        _layers("256 layers, one session more", session=FEW_SESSIONS),
    ]


def _weighed(name: str, *, apart: bool) -> Case:
    count = MAX_SPANS // CREDITED_TOGETHER - 1  # the heartbeat is of a quarter of an hour that is new
    sessions = {
        _session_id(n): _session(
            n,
            _spans(count, first_ms=n * (count * STEP_MS if apart else 700)),
            lasted_ms=count * SPAN_MS - 40_000 * (n + 1),
        )
        for n in range(CREDITED_TOGETHER)
    }
    whole = count * STEP_MS * (CREDITED_TOGETHER if apart else 1)
    progress = Progress(sessions=sessions, duration_ms=whole, acts=BEGUN_AGAIN)
    return Case(name, progress, _heartbeat(2, watch_ms=1))


def _many(name: str, *, lasted_ms: int, session: int = 2) -> Case:
    count = MAX_SPANS // FEW_SESSIONS
    sessions = {
        _session_id(n): _session(n, _spans(count, first_ms=n * 40), lasted_ms=lasted_ms)
        for n in range(FEW_SESSIONS)
    }
    progress = Progress(sessions=sessions, duration_ms=count * STEP_MS, acts=BEGUN_AGAIN)
    return Case(name, progress, _heartbeat(session, watch_ms=1, watched=Intervals((0, STEP_MS))))


def _document() -> Case:
    count = MAX_SPANS // FEW_SESSIONS
    sessions = {
        _session_id(n): _session(
            n, EMPTY, lasted_ms=1_000, pages=_spans(count, first_ms=1 + 2 * n, step=200, length=1)
        )
        for n in range(FEW_SESSIONS)
    }
    progress = Progress(
        sessions=sessions,
        kind="document",
        page_count=count * 200,
        acts=BEGUN_AGAIN,
    )
    return Case("a document", progress, _heartbeat(2, pages_viewed=Intervals((1, 2))))


def _visits() -> Case:
    """Sessions without an id, which one heartbeat shows to have been one."""
    count, apart_ms = MAX_SPANS // FEW_SESSIONS, 40 * 60_000
    visits = [
        _session(n * apart_ms // 1_000, _spans(count, first_ms=n * 40), lasted_ms=1_000)
        for n in range(FEW_SESSIONS)
    ]
    progress = Progress(
        sessions={f"~{visit.started_at}": visit for visit in visits}, duration_ms=count * STEP_MS
    )
    return Case("64 visits that become one", progress, _heartbeat(None, at_ms=FEW_SESSIONS * apart_ms))


def _layers(name: str, session: int = 2) -> Case:
    each = (MAX_SPANS // 2) // MOST_TIMES
    layers = tuple(_spans(each, length=SPAN_MS - 5 * k) for k in range(MOST_TIMES))
    count = (MAX_SPANS // 2) // FEW_SESSIONS
    sessions = {
        _session_id(n): _session(n, _spans(count, first_ms=7 * n), lasted_ms=1_000_000)
        for n in range(FEW_SESSIONS)
    }
    first = Instant(START_MS - 1)
    compacted = CompactedSessions(sessions=MOST_TIMES, layers=layers, started_at=first, last_at=first)
    progress = Progress(sessions=sessions, compacted=compacted, duration_ms=each * STEP_MS)
    return Case(name, progress, _heartbeat(session, watch_ms=1, watched=Intervals((0, STEP_MS))))


def largest() -> Progress:
    """The item whose encoding is the longest: every number has as many digits as it may have."""
    far = LIMIT - MAX_SPANS * STEP_MS
    each, more = divmod(MAX_SPANS, FEW_SESSIONS)
    position = Position(Instant(START_MS), LIMIT, LIMIT, 0.1234567890123456)
    sessions = {
        _session_id(n): Session(
            started_at=Instant(START_MS + n),
            last_at=Instant(START_MS + 10**8),
            watched=_spans(each + (more if n == 0 else 0), first_ms=far + n * each * STEP_MS),
            watch_ms=LIMIT,
            rate=1.234567890123456,
            reported=12.34567890123456,
            position=position,
            ended=True,
            measured=True,
        )
        for n in range(FEW_SESSIONS)
    }
    return Progress(
        sessions=sessions, duration_ms=LIMIT, page_count=LIMIT, acts=(ItemAct(Instant(START_MS), "complete"),)
    )


def _spans(count: int, *, first_ms: int = 0, step: int = STEP_MS, length: int = SPAN_MS) -> Intervals:
    return Intervals(tuple(first_ms + n * step + side for n in range(count) for side in (0, length)))


def _pages(count: int, first: int) -> Intervals:
    return _spans(count, first_ms=first, step=200, length=1)


def _session_id(number: int) -> SessionId:
    return SessionId(str(UUID(int=number)))


def _session(number: int, watched: Intervals, *, lasted_ms: int, pages: Intervals = EMPTY) -> Session:
    began = START_MS + number * 1_000
    return Session(
        started_at=Instant(began),
        last_at=Instant(began + lasted_ms),
        watched=watched,
        pages=pages,
        rate=1.0,
        measured=True,
    )


def _heartbeat(
    session: int | None,
    *,
    at_ms: int = 90_000,  # within the quarter of an hour of the others: another would keep the spans twice
    watch_ms: int | None = None,
    watched: Intervals | None = None,
    pages_viewed: Intervals | None = None,
) -> Heartbeat:
    return Heartbeat(
        heartbeat_id=HeartbeatId(f"{1:036}"),
        tenant_id=TenantId(f"{2:036}"),
        user_id=PERSON,
        content_id=ContentId(f"{4:036}"),
        session_id=None if session is None else _session_id(session),
        occurred_at=Instant(START_MS + at_ms),
        received_at=Instant(START_MS + at_ms),
        started_at=Instant(START_MS) if session is None else None,
        watch_ms=watch_ms,
        watched=watched,
        pages_viewed=pages_viewed,
        playback_rate=1.0,
    )
