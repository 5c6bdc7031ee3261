"""Whether the sink's consumer is stuck: it gets nothing, though the brokers give others what it waits for.

A consumer that a frozen broker threw out of its group may not find back for minutes, and one that lost a
partition's leader may never fetch it again, while the client library says nothing. A new consumer is not
affected: the process is to exit, and be restarted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from playhead.kafka.broker_check import answering, readable
from playhead.settings import KafkaSettings
from sinks.errors import ConsumerFailedError

ASK_SECONDS = 3.0
STUCK_SECONDS = 30.0
"""With the brokers answering all the while. A group that is well has its partitions within ten of these."""
FRESH_SECONDS = 10.0
"""A loop that has shown nothing for so long waits for something else."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the consumer has, at one moment."""

    at: float
    has_joined: bool
    positions: Mapping[int, int]
    """The next offset of each partition whose records are wanted now."""


@dataclass(slots=True)
class StuckConsumer:
    """Judges one sight after another. Pure: the clock is the caller's."""

    _since: dict[int | None, tuple[int, float]] = field(default_factory=dict, init=False)
    """By partition, and None for the membership: the position, and since when others could go on from it."""

    def look(self, seen: Seen, unread: frozenset[int] | None, now: float) -> str | None:
        """Say what is stuck, if anything is.

        `unread` are the partitions of which another connection can read the record that is next here; None:
        the brokers answer nobody.
        """
        if unread is None or now - seen.at > FRESH_SECONDS:
            self._since = {}
            return None
        waiting: dict[int | None, int] = {n: at for n, at in seen.positions.items() if n in unread}
        if not seen.has_joined:
            waiting = {None: 0}
        self._since = {
            each: before if (before := self._since.get(each)) is not None and before[0] == at else (at, now)
            for each, at in waiting.items()
        }
        for each, (at, since) in self._since.items():
            if now - since > STUCK_SECONDS:
                what = "no partitions are assigned" if each is None else f"partition {each} stands at {at}"
                return f"{what} for {now - since:.0f} s, while the brokers answer other connections"
        return None


class ConsumerWatch:
    """Asks the brokers every few seconds, on a thread of its own, by connections made for the question."""

    def __init__(self, settings: KafkaSettings, topic: str) -> None:
        self._settings = settings
        self._topic = topic
        self._judge = StuckConsumer()
        self._seen: Seen | None = None
        self._stopped = threading.Event()
        self._stuck: str | None = None
        threading.Thread(target=self._watch, name="consumer-watch", daemon=True).start()

    def show(self, seen: Seen) -> None:
        """Take note of what the consumer has; to be called every second.

        Raises:
            ConsumerFailedError: it is stuck; the process is to exit.
        """
        self._seen = seen
        if self._stuck is not None:
            raise ConsumerFailedError(f"the Kafka consumer is stuck: {self._stuck}")

    def stop(self) -> None:
        """Ask no more."""
        self._stopped.set()

    def _watch(self) -> None:
        before: Seen | None = None
        while not self._stopped.wait(ASK_SECONDS):
            seen = self._seen
            if seen is not None and before is not None:
                self._stuck = self._judge.look(seen, self._unread(before, seen), time.monotonic())
            before = seen

    def _unread(self, before: Seen, seen: Seen) -> frozenset[int] | None:
        unmoved = {
            (self._topic, partition): at
            for partition, at in seen.positions.items()
            if before.positions.get(partition) == at
        }
        if not answering(self._settings, unmoved or [(self._topic, 0)]):
            return None
        return frozenset(partition for _, partition in readable(self._settings, unmoved))


class Standstill:
    """Follows the lag of a loop that stores; `seconds` is how long it may stand."""

    def __init__(self, seconds: float, now: float) -> None:
        self._seconds = seconds
        self._moved_at = now
        self._noted_at = now
        self._lag = 0

    def note_stored(self, now: float) -> None:
        """Something was stored."""
        self._moved_at = now

    def note_lag(self, lag: int, now: float) -> None:
        """So many records wait. To be called all the time, since silence means that the loop hangs."""
        self._noted_at = now
        self._lag = lag
        if lag == 0:
            self._moved_at = now

    def reason(self, now: float) -> str | None:
        """Why this is a standstill; None where it is none."""
        if now - self._noted_at > self._seconds:
            return f"the sink has not looked for records for {now - self._noted_at:.0f} s"
        if now - self._moved_at > self._seconds:
            return f"{self._lag} records wait, and none was stored for {now - self._moved_at:.0f} s"
        return None
