"""The audience: every device's heartbeats in one stream, in the order of sending."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from random import Random

from operations.demo.audience.habits import Habits
from operations.demo.audience.viewer import Beat, beats


def audience(habits: Habits) -> Iterator[Beat]:
    """All beats by `due_s`, without end. The same habits give the same beats."""
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
        devices = (
            2 if random.random() < habits.devices else 1
        )  # drawn for those away too: the others stay as they are
        for device in range(0 if person in habits.away else devices):
            yield beats(habits, person, device)
