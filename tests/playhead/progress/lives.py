"""Hypothesis strategies of ordinary lives: honest sessions around midnights and in parallel tabs."""

from __future__ import annotations

import uuid

from hypothesis import strategies as st
from msgspec import Struct

from playhead.progress import Heartbeat, HeartbeatId, Instant, Intervals, SessionId
from tests.playhead.progress.strategies import CONTENT, DURATION_MS, TENANT, USER

MINUTE_MS = 60_000
MIDNIGHT = 1_700_006_400_000
"""The beginning of a day in UTC."""
MANY = 65
"""More sessions than one record keeps apart."""


class Sitting(Struct, frozen=True):
    """A session that plays from one place on, at the rate of 1, with a heartbeat each so often."""

    number: int
    began: int
    place: int
    beats: int
    step: int

    def heartbeats(self, clock_ms: int = 0) -> list[Heartbeat]:
        """As a device sends them whose clock is ahead by so much."""
        return [self._heartbeat(beat, clock_ms) for beat in range(self.beats)]

    def _heartbeat(self, beat: int, clock_ms: int) -> Heartbeat:
        played = beat * self.step
        at = Instant(self.began + played + clock_ms)
        end = min(DURATION_MS, self.place + played)
        return Heartbeat(
            heartbeat_id=HeartbeatId(str(uuid.UUID(int=self.number * 1_000 + beat))),
            tenant_id=TENANT,
            user_id=USER,
            content_id=CONTENT,
            session_id=SessionId(str(uuid.UUID(int=10_000 + self.number))),
            sequence=beat,
            event="heartbeat" if beat else "play",
            occurred_at=at,
            received_at=at,
            started_at=Instant(self.began + clock_ms),
            position_ms=end,
            duration_ms=DURATION_MS,
            watched=Intervals.of([(self.place, end)]),
            watch_ms=played,
            playback_rate=1.0,
        )


def sittings(least: int, most: int) -> st.SearchStrategy[list[Sitting]]:
    """Sessions within three days, some of which are open at the same time."""
    minutes = st.integers(-3, 3).flatmap(
        lambda half_days: st.integers(-20, 20).map(lambda minute: 12 * 60 * half_days + minute)
    )
    one = st.tuples(
        minutes, st.integers(0, 59), st.integers(1, 4), st.sampled_from([10_000, MINUTE_MS, 400_000])
    )
    return st.lists(one, min_size=least, max_size=most).map(
        lambda drawn: [
            Sitting(number, MIDNIGHT + minute * MINUTE_MS, place * 10_000, beats, step)
            for number, (minute, place, beats, step) in enumerate(drawn)
        ]
    )


few = sittings(0, 8)
many = sittings(MANY, MANY + 5)


def in_order(those: list[Sitting]) -> list[Heartbeat]:
    """All heartbeats as they happened."""
    return sorted(
        (each for one in those for each in one.heartbeats()),
        key=lambda each: (each.occurred_at, each.heartbeat_id),
    )


def open_time(those: list[Sitting]) -> Intervals:
    """When any of them was open, in ms since the first began."""
    first = min((one.began for one in those), default=0)
    begun = ((one.began - first, (one.beats - 1) * one.step) for one in those)
    return Intervals.of((start, start + lasted) for start, lasted in begun)
