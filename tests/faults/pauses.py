"""How long each partition stood still, in Redis and in PostgreSQL, while heartbeats came."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from redis import Redis

from tests.faults.pipeline import PARTITIONS, Pipeline
from tests.hot import KEYS

_STORED = "SELECT partition, source_next_offset FROM progress.positions"
LOOK_S = 0.2


class Pauses:
    """The longest time without motion, by store and partition, in seconds."""

    def __init__(self) -> None:
        self.longest: dict[tuple[str, int], float] = defaultdict(float)
        self._at: dict[tuple[str, int], tuple[int, float]] = {}

    def see(self, positions: dict[tuple[str, int], int], now: float) -> None:
        """Take a reading of all positions."""
        for place, position in positions.items():
            before, since = self._at.get(place, (position, now))
            self.longest[place] = max(self.longest[place], now - since)
            if before != position or place not in self._at:
                self._at[place] = (position, now)


@contextmanager
def pauses(pipeline: Pipeline) -> Iterator[Pauses]:
    """Watch while the block runs."""
    watched, over = Pauses(), threading.Event()
    watching = threading.Thread(target=_watch, args=(pipeline, watched, over))
    watching.start()
    try:
        yield watched
    finally:
        over.set()
        watching.join()


def _watch(pipeline: Pipeline, watched: Pauses, over: threading.Event) -> None:
    settings = pipeline.settings
    with (
        Redis.from_url(settings.redis_url) as redis,
        psycopg.connect(settings.postgres_admin_dsn, autocommit=True) as connection,
    ):
        while not over.wait(LOOK_S):
            hot = {
                ("redis", n): int(redis.hget(KEYS.applied_hash(n), "next") or 0) for n in range(PARTITIONS)
            }
            stored = {("postgres", n): position for n, position in connection.execute(_STORED)}
            watched.see(hot | stored, time.monotonic())
