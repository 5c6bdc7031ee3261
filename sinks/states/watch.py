"""Detects a consumer that is stuck, and a sink that stores nothing (`sinks.stall` ends it then).

A consumer that a frozen broker removed from its group may not rejoin for minutes, and one that lost a
partition's leader may never fetch it again, while the client library reports nothing. A new consumer is not
affected: the process exits, and its supervisor restarts it.
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
LONGEST_REQUEST_SECONDS = 20.0
"""Longer than `playhead.kafka.broker_check` takes for one check."""
STUCK_SECONDS = 30.0
"""While the brokers answer other connections. A healthy group has its partitions within ten of these."""
FRESH_SECONDS = 10.0
"""A sink whose last report is older waits for something other than Kafka."""


@dataclass(frozen=True, slots=True)
class ConsumerReport:
    """What the consumer has, at one moment."""

    at: float
    has_joined: bool
    positions: Mapping[int, int]
    """The position of each partition that the sink wants to read now."""


@dataclass(slots=True)
class StuckConsumer:
    """Compares one report with the next. Pure: the caller passes the time in."""

    _since: dict[int | None, tuple[int, float]] = field(default_factory=dict, init=False)
    """By partition, and None for the membership: the position, and since when others could read on there."""

    def check(self, report: ConsumerReport, readable: frozenset[int] | None, now: float) -> str | None:
        """What is stuck, or None.

        `readable` are the partitions of which another connection can read the record at the position; None if
        the brokers answer no connection.
        """
        if readable is None or now - report.at > FRESH_SECONDS:
            self._since = {}
            return None
        waiting: dict[int | None, int] = {n: at for n, at in report.positions.items() if n in readable}
        if not report.has_joined:
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
    """Compares the consumer with new connections to the brokers every few seconds, on its own thread."""

    def __init__(self, settings: KafkaSettings, topic: str) -> None:
        self._settings = settings
        self._topic = topic
        self._judge = StuckConsumer()
        self._report: ConsumerReport | None = None
        self._stopped = threading.Event()
        self._stuck: str | None = None
        self._thread = threading.Thread(target=self._watch, name="consumer-watch", daemon=True)
        self._thread.start()

    def report(self, report: ConsumerReport) -> None:
        """Take a report; to be called every second.

        Raises:
            ConsumerFailedError: the consumer is stuck; the process has to exit.
        """
        self._report = report
        if self._stuck is not None:
            raise ConsumerFailedError(f"the Kafka consumer is stuck: {self._stuck}")

    def stop(self) -> None:
        """End the thread, after its current request.

        A thread that is still within a request when the interpreter ends can keep the process from exiting.
        """
        self._stopped.set()
        self._thread.join(LONGEST_REQUEST_SECONDS)

    def _watch(self) -> None:
        before: ConsumerReport | None = None
        while not self._stopped.wait(ASK_SECONDS):
            report = self._report
            if report is not None and before is not None:
                self._stuck = self._judge.check(report, self._readable(before, report), time.monotonic())
            before = report

    def _readable(self, before: ConsumerReport, report: ConsumerReport) -> frozenset[int] | None:
        unmoved = {
            (self._topic, partition): at
            for partition, at in report.positions.items()
            if before.positions.get(partition) == at
        }
        if not answering(self._settings, unmoved or [(self._topic, 0)]):
            return None
        return frozenset(partition for _, partition in readable(self._settings, unmoved))


class Standstill:
    """Detects that records wait and none is stored for `seconds`. Pure: the caller passes the time in."""

    def __init__(self, seconds: float, now: float) -> None:
        self._seconds = seconds
        self._moved_at = now
        self._noted_at = now
        self._lag = 0

    def note_stored(self, now: float) -> None:
        """Take note that a batch was stored."""
        self._moved_at = now

    def note_lag(self, lag: int, now: float) -> None:
        """Take note of how many records wait; to be called steadily, since silence means a hanging loop."""
        self._noted_at = now
        self._lag = lag
        if lag == 0:
            self._moved_at = now

    def waited(self, now: float) -> float:
        """Seconds since it last looked for records, or stored some or had none to store."""
        return now - min(self._noted_at, self._moved_at)

    def reason(self, now: float) -> str | None:
        """Why this is a standstill; None if it is none."""
        if now - self._noted_at > self._seconds:
            return f"the sink has not looked for records for {now - self._noted_at:.0f} s"
        if now - self._moved_at > self._seconds:
            return f"{self._lag} records wait, and none was stored for {now - self._moved_at:.0f} s"
        return None
