"""Ends a sink that stalls by its own fault, so that its supervisor starts it again.

A dependency that is away is no stall: every client waits for it, and a new process would as well. Connections
made for the question show whether it is away. The sink's own do not: a thread that hangs reports no error.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg

from playhead import postgres
from playhead.kafka.broker_check import answering
from playhead.settings import SinkSettings
from sinks.sink import Sink

CHECK_SECONDS = 1.0
LONGEST_CHECK_SECONDS = 30.0
"""Longer than both questions take."""
_PROBE = "SELECT pg_is_in_recovery() FROM (SELECT count(*) FROM progress.positions) AS readable"

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class StallClock:
    """Decides when waiting is a stall. Pure: the caller passes the time in."""

    seconds: float
    _excused_at: float = field(default=float("-inf"), init=False)

    def is_to_be_asked(self, waited: float, now: float) -> bool:
        """Whether it matters by now if a dependency is away: half of the time has passed."""
        return self._idle(waited, now) > self.seconds / 2

    def excuse(self, now: float) -> None:
        """Take note that a dependency is away, or that the sink waits for an operator."""
        self._excused_at = now

    def is_stalled(self, waited: float, now: float) -> bool:
        """Whether it has waited for too long, without an excuse for as long."""
        return self._idle(waited, now) > self.seconds

    def _idle(self, waited: float, now: float) -> float:
        return min(waited, now - self._excused_at)


class StallWatch:
    """Checks the sink every second, on a thread of its own.

    Args:
        sink: What is checked.
        settings: Where the dependencies are, and how long is too long.
        end: Ends the process.
    """

    def __init__(self, sink: Sink, settings: SinkSettings, end: Callable[[str], None]) -> None:
        self._sink = sink
        self._settings = settings
        self._end = end
        self._clock = StallClock(settings.sink_stall_seconds)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="stall-watch", daemon=True)

    def start(self) -> None:
        """Start, and return at once."""
        self._thread.start()

    def close(self) -> None:
        """Stop, after the current check."""
        self._stopped.set()
        self._thread.join(LONGEST_CHECK_SECONDS)

    def _watch(self) -> None:
        while not self._stopped.wait(CHECK_SECONDS):
            waited = self._sink.waited(time.monotonic())
            if not self._clock.is_to_be_asked(waited, time.monotonic()):
                continue
            if (excuse := self._excuse()) is not None:
                _log.warning("nothing is stored for %.0f s: %s", waited, excuse)
                self._clock.excuse(time.monotonic())
            elif self._clock.is_stalled(waited, time.monotonic()) and not self._stopped.is_set():
                self._end(
                    f"the sink stalls: nothing moved for {waited:.0f} s (PLAYHEAD_SINK_STALL_SECONDS), while "
                    "PostgreSQL and Kafka answer other connections"
                )

    def _excuse(self) -> str | None:
        held = self._sink.held_reason
        if held is not None:
            return held
        if not _postgres_answers(self._settings.databases.named[self._settings.sink_database].dsn):
            return "PostgreSQL does not answer another connection either"
        wanted = {(self._sink.topic, partition) for partition in self._sink.partitions or {0}}
        away = wanted - answering(self._settings, wanted)
        return f"Kafka answers no connection about {min(away)}" if away else None


def end_process(reason: str) -> None:
    """Log the reason and where each thread is, and exit: a thread that hangs cannot be ended otherwise."""
    _log.critical("%s: the process ends, to be started again", reason)
    faulthandler.dump_traceback(all_threads=True)
    os._exit(os.EX_SOFTWARE)


def _postgres_answers(dsn: str) -> bool:
    """Whether it can be written, as far as that shows without writing."""
    try:
        with postgres.connect(dsn, "playhead-witness") as connection:
            row = connection.execute(_PROBE).fetchone()
    except psycopg.Error:
        return False
    return row == (False,)
