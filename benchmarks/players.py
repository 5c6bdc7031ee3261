"""Players for the benchmarks: many people side by side, each with a heartbeat every ten seconds.

Everyone speaks once a round, so that any few thousand heartbeats in a row are of as many people: the worst
case for working in batches. No heartbeat comes twice, and each one changes something. A quarter
of the people skipped a part of the video.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from typing import Any
from uuid import UUID

from playhead.progress import ContentId, HeartbeatId, Instant, Intervals, SessionId, TenantId, UserId
from playhead.wire.heartbeats import HeartbeatRecord

HEARTBEAT_MS = 10_000
DURATION_MS = 600_000
ROUNDS_PER_VIEWING = 54
"""Everyone leaves at 90 % and takes up another item."""
ITEMS = 500
SKIPPED_MS = (30_000, 45_000)


@dataclass(frozen=True, slots=True)
class Beat:
    """One heartbeat, before it has a format."""

    user: UserId
    content: ContentId
    session: SessionId
    heartbeat: HeartbeatId
    sequence: int
    position_ms: int
    occurred_at: Instant
    spans: tuple[tuple[int, int], ...]


def identifier(kind: str, number: int) -> str:
    """A UUID as random as a real one, so that an index is met everywhere."""
    return str(UUID(bytes=blake2b(f"{kind} {number}".encode(), digest_size=16).digest(), version=4))


TENANT = TenantId(identifier("tenant", 1))


class Audience:
    """People who watch in rounds, generated in order. `began` is the time of the first round, in ms."""

    def __init__(self, people: int, began: int, *, kind: str = "user") -> None:
        self._users = [UserId(identifier(kind, number)) for number in range(people)]
        self._sessions: list[SessionId] = []
        self._viewing = -1
        self._began = began
        self._kind = kind

    @property
    def users(self) -> list[UserId]:
        """Everyone, in the order in which they speak."""
        return self._users

    def rounds(self, first: int, count: int) -> Iterator[Beat]:
        """The heartbeats of some rounds, counted from 0."""
        for number in range(first, first + count):
            yield from self._round(number)

    def batches(self, first: int, count: int) -> Iterator[tuple[Beat, ...]]:
        """Each person's heartbeats of some rounds, as a player sends what it had to keep for a while."""
        yield from zip(*(list(self._round(number)) for number in range(first, first + count)), strict=True)

    def _round(self, number: int) -> Iterator[Beat]:
        viewing, step = divmod(number, ROUNDS_PER_VIEWING)
        if viewing != self._viewing:
            self._viewing = viewing
            name = f"{self._kind} session {viewing}"
            self._sessions = [SessionId(identifier(name, person)) for person in range(len(self._users))]
        position = (step + 1) * HEARTBEAT_MS
        whole = ((0, position),)
        skipping = ((0, SKIPPED_MS[0]), (SKIPPED_MS[1], position)) if position > SKIPPED_MS[1] else whole
        occurred = Instant(self._began + number * HEARTBEAT_MS)
        for person, (user, session) in enumerate(zip(self._users, self._sessions, strict=True)):
            yield Beat(
                user=user,
                content=_content((person + viewing) % ITEMS),
                session=session,
                heartbeat=HeartbeatId(f"{session[:28]}{number:08x}"),
                sequence=step,
                position_ms=position,
                occurred_at=occurred,
                spans=whole if person % 4 else skipping,
            )


@cache
def _content(number: int) -> ContentId:
    return ContentId(identifier("item", number))


def record(beat: Beat) -> HeartbeatRecord:
    """As ingest writes it to the log."""
    return HeartbeatRecord(
        v=1,
        heartbeat_id=beat.heartbeat,
        tenant_id=TENANT,
        user_id=beat.user,
        content_id=beat.content,
        session_id=beat.session,
        sequence=beat.sequence,
        kind="video",
        occurred_at=beat.occurred_at,
        received_at=beat.occurred_at,
        position_ms=beat.position_ms,
        duration_ms=DURATION_MS,
        watched=Intervals.of(beat.spans),
        watch_ms=beat.position_ms,
        playback_rate=1.0,
    )


def body(beat: Beat) -> dict[str, Any]:
    """As a player sends it."""
    seconds = beat.position_ms / 1000
    return {
        "heartbeatId": beat.heartbeat,
        "contentId": beat.content,
        "progressType": "video",
        "event": "heartbeat",
        "sessionId": beat.session,
        "sequence": beat.sequence,
        "occurredAt": _rfc3339(beat.occurred_at),
        "progressPercentage": round(beat.position_ms * 100 / DURATION_MS, 1),
        "metadata": {
            "watchTimeSeconds": seconds,
            "lastPositionSeconds": seconds,
            "durationSeconds": DURATION_MS / 1000,
            "watchedSegments": [(start / 1000, end / 1000) for start, end in beat.spans],
            "playbackRate": 1.0,
        },
    }


@cache
def _rfc3339(instant: Instant) -> str:
    moment = datetime.fromtimestamp(instant / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
