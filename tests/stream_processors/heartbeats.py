"""Heartbeats for the tests: a crowd whose sessions grow, overlap, repeat and seek; the same for a seed."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator

from playhead.progress import ContentId, HeartbeatId, Instant, Intervals, SessionId, TenantId, UserId
from playhead.wire.heartbeats import HeartbeatRecord

NOW = 1_790_000_000_000
DURATION_MS = 600_000


def crowd(count: int, *, people: int = 40, items: int = 3, seed: int = 1) -> list[HeartbeatRecord]:
    """So many heartbeats, in the order in which their players sent them."""
    return list(_heartbeats(random.Random(seed), count, people, items))


def heartbeat(
    *, user: int = 1, content: int = 1, session: int = 1, until_ms: int = 10_000, sequence: int = 0
) -> HeartbeatRecord:
    """One heartbeat of a session that played from the start until here."""
    return HeartbeatRecord(
        v=1,
        heartbeat_id=HeartbeatId(_uuid(9, sequence * 1_000_000 + until_ms)),
        tenant_id=TenantId(_uuid(1, 1)),
        user_id=UserId(_uuid(2, user)),
        content_id=ContentId(_uuid(3, content)),
        session_id=SessionId(_uuid(4, session)),
        occurred_at=Instant(NOW + until_ms),
        received_at=Instant(NOW + until_ms + 40),
        started_at=Instant(NOW),
        sequence=sequence,
        position_ms=until_ms,
        duration_ms=DURATION_MS,
        watched=Intervals((0, until_ms)),
        watch_ms=until_ms,
    )


def _heartbeats(rng: random.Random, count: int, people: int, items: int) -> Iterator[HeartbeatRecord]:
    played: dict[tuple[int, int, int], tuple[Intervals, int]] = {}
    for number in range(count):
        user, content, device = rng.randrange(people), rng.randrange(items), rng.randrange(3)
        watched, position = played.get((user, content, device), (Intervals(), 0))
        if rng.random() < 0.1:
            position = rng.randrange(DURATION_MS - 10_000)
        end = min(DURATION_MS, position + 10_000)
        watched |= Intervals((position, end)) if position < end else Intervals()
        played[user, content, device] = (watched, end % DURATION_MS)
        unnamed = device == 2
        occurred = NOW + number * 50
        yield HeartbeatRecord(
            v=1,
            heartbeat_id=HeartbeatId(str(uuid.UUID(int=rng.getrandbits(128)))),
            tenant_id=TenantId(_uuid(1, user % 2)),
            user_id=UserId(_uuid(2, user)),
            content_id=ContentId(_uuid(3, content)),
            session_id=None if unnamed else SessionId(_uuid(4, user * 1000 + content * 10 + device)),
            event=rng.choice(("heartbeat", "heartbeat", "heartbeat", "pause", "ended", "complete", "reopen"))
            if rng.random() < 0.05
            else "heartbeat",
            occurred_at=Instant(occurred),
            received_at=Instant(occurred + 40),
            sequence=number,
            position_ms=end,
            duration_ms=DURATION_MS,
            watched=watched,
            watch_ms=watched.length,
        )


def _uuid(kind: int, number: int) -> str:
    return str(uuid.UUID(int=(kind << 96) + number))
