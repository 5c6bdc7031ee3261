"""The heartbeats of devices: sessions one after another, as the SDK sends them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from random import Random
from typing import Any

from operations.demo.audience.habits import Habits

HEARTBEAT_S = 10
RATES = (1.0, 1.0, 1.0, 1.25, 1.5, 2.0)
LEAVES = 0.02
"""The chance, at each heartbeat, that the viewer closes the page."""
OFFLINE_S = (60, 600)
LATE_S = 25
"""The delay of a heartbeat that is overtaken or sent again: past two successors."""


@dataclass(frozen=True, slots=True)
class Beat:
    """One heartbeat of a person, as the body of `POST /api/progress`.

    `occurred_s` and `due_s`, when it happened and when it is sent, count seconds from the simulation's start.
    """

    due_s: float
    user: str
    occurred_s: float
    body: dict[str, Any]


@dataclass(slots=True)
class Playing:
    """The state of a player within one session; times in seconds."""

    content: str
    duration: int
    session: str
    rate: float
    started_s: float
    at: float
    since: float
    """The position at which the current segment began."""
    segments: list[tuple[float, float]]
    watch_s: float = 0.0
    sequence: int = 0

    def play(self, wall_s: float) -> None:
        """Play for that long, or to the end."""
        playing = min(wall_s, (self.duration - self.at) / self.rate)
        self.at += playing * self.rate
        self.watch_s += playing

    def seek(self, target: float) -> None:
        """Seek to a position."""
        self.segments = self.watched()
        self.at = self.since = target

    def watched(self) -> list[tuple[float, float]]:
        """Return the played segments in order, in media seconds."""
        return [*self.segments, (self.since, self.at)] if self.at > self.since else list(self.segments)

    def body(self, event: str, heartbeat: str) -> dict[str, Any]:
        """Return the body of a heartbeat, without its time, which `messages` adds."""
        self.sequence += 1
        return {
            "heartbeatId": heartbeat,
            "contentId": self.content,
            "progressType": "video",
            "event": event,
            "sessionId": self.session,
            "sequence": self.sequence,
            "metadata": {
                "watchTimeSeconds": round(self.watch_s, 3),
                "lastPositionSeconds": round(self.at, 3),
                "durationSeconds": self.duration,
                "watchedSegments": [[round(a, 3), round(b, 3)] for a, b in self.watched()],
                "playbackRate": self.rate,
            },
        }


def audience(habits: Habits) -> Iterator[Beat]:
    """Yield the beats of every device by `due_s`, without end; the same habits give the same beats."""
    waiting: list[tuple[float, int, Beat]] = []
    sources = [(0.0, n, device) for n, device in enumerate(_devices(habits))]
    count = 0
    while True:
        # The device that has been read least far may still have something due before all the others.
        read_to, n, device = sources[0]
        while waiting and waiting[0][0] <= read_to:
            yield heappop(waiting)[2]
        heappop(sources)
        beat = next(device)
        count += 1
        heappush(waiting, (beat.due_s, count, beat))
        heappush(sources, (beat.occurred_s, n, device))


def _devices(habits: Habits) -> Iterator[Iterator[Beat]]:
    random = Random(habits.seed)
    for person in range(habits.size):
        # drawn for people away too, so that the others stay the same
        devices = 2 if random.random() < habits.devices else 1
        for device in range(0 if person in habits.away else devices):
            yield beats(habits, person, device)


def beats(habits: Habits, person: int, device: int) -> Iterator[Beat]:
    """Yield the beats of a device without end, each session's in the order in which they happen."""
    random = Random(f"{habits.seed}:{person}:{device}")
    user = habits.user(person)
    clock = random.uniform(0, HEARTBEAT_S + habits.rest_s)
    resume_at: dict[int, float] = {}
    while True:
        number = random.randrange(habits.items)
        content, duration = habits.item(number)
        start = 0.0 if random.random() < habits.rewatching else resume_at.get(number, 0.0)
        playing = Playing(content, duration, new_id(random), random.choice(RATES), clock, start, start, [])
        session = list(_session(habits, random, playing, clock))
        clock = session[-1][0] + random.uniform(5, 60) + _rest(habits, random)
        resume_at[number] = 0.0 if playing.at >= duration else playing.at
        yield from _sent(habits, random, user, session)


def _session(
    habits: Habits, random: Random, playing: Playing, clock: float
) -> Iterator[tuple[float, dict[str, Any]]]:
    yield clock, playing.body("play", new_id(random))
    while True:
        clock += HEARTBEAT_S
        playing.play(HEARTBEAT_S)
        if playing.at >= playing.duration:
            yield clock, playing.body("ended", new_id(random))
            return
        if random.random() < LEAVES:
            yield clock, playing.body("close", new_id(random))
            return
        if random.random() < habits.seeking:
            playing.seek(random.uniform(0, playing.duration * 0.95))
            yield clock, playing.body("seek", new_id(random))
        else:
            yield clock, playing.body("heartbeat", new_id(random))


def _sent(
    habits: Habits, random: Random, user: str, session: list[tuple[float, dict[str, Any]]]
) -> Iterator[Beat]:
    """Yield the session's beats as they are sent: some later than they happen, some twice."""
    away_from = away_until = session[0][0]
    if random.random() < habits.offline:
        away_from = random.uniform(session[0][0], session[-1][0])
        away_until = away_from + random.uniform(*OFFLINE_S)
    for occurred_s, body in session:
        due_s = away_until if away_from <= occurred_s < away_until else occurred_s
        if random.random() < habits.reordering:
            due_s += LATE_S
        yield Beat(due_s, user, occurred_s, body)
        if random.random() < habits.duplicates:
            yield Beat(due_s + LATE_S, user, occurred_s, body)


def _rest(habits: Habits, random: Random) -> float:
    return random.expovariate(1 / habits.rest_s) if habits.rest_s else 0.0


def new_id(random: Random) -> str:
    """Return a UUID that depends on the seed alone."""
    return str(uuid.UUID(int=random.getrandbits(128), version=4))
