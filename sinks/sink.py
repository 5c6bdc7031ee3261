"""The sink's loop: read and decode while the batch before is being stored.

There are three places for records, in order: *gathering* (being read), *prepared* (written out for COPY), and
the writer's. When all are full, reading stops; the partitions are held and the group is not left.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from typing import TypeVar

from playhead.causes import in_full
from playhead.retry import Backoff
from playhead.settings import SinkSettings
from sinks import metrics
from sinks.dead_letters.limit import Ceiling, Limits
from sinks.dead_letters.publish import Letters
from sinks.errors import FencedError, NewerStateError, TooManyDeadLettersError, TransientError
from sinks.rederive.rederive import Rederiver
from sinks.states.batch import Gathering
from sinks.states.consume import StatesConsumer
from sinks.states.decode import read
from sinks.states.watch import ConsumerWatch, Seen, Standstill
from sinks.tables.connection import read_positions
from sinks.tables.prepare import Batch, prepare
from sinks.tables.store import Store
from sinks.writer import AbandonedError, Writer

CHUNK = 1_000
"""Records read at once, so that a finished batch is noticed among them."""
LAG_SECONDS = 1.0
POLL_SECONDS = 0.1
"""The longest that a signal or a finished batch waits to be noticed."""
REVOKE_SECONDS = 10.0
"""How long a partition's going waits for the batch in hand. The positions fence whatever takes longer."""
PATIENCE_SECONDS = 1.0
"""A batch that takes longer than this is not waited for any more: the group is polled meanwhile."""

HOLDS = Backoff(first_seconds=2.0, longest_seconds=60.0)
"""How long the sink stores nothing once many people's records are refused, before it tries again."""

T = TypeVar("T")
_log = logging.getLogger(__name__)


class StoppedError(Exception):
    """The sink was asked to stop while it waited for a store."""


class Sink:
    """Moves states from Kafka to PostgreSQL until it is told to stop."""

    def __init__(self, settings: SinkSettings, stop: threading.Event) -> None:
        self._settings = settings
        self._policy = settings.policy
        self._stop = stop
        self._consumer = StatesConsumer(settings, self._positions, self._let_go)
        self._store = Store(settings.postgres_dsn, self._consumer.topic)
        self._writer = Writer(
            self._store,
            Letters(settings),
            Ceiling(
                Limits(
                    window=settings.sink_dead_letter_window,
                    share=settings.sink_dead_letter_share,
                    people=settings.sink_dead_letter_people,
                    quarantine_seconds=settings.sink_quarantine_seconds,
                )
            ),
            Rederiver(self._store, self._policy),
        )
        self._gathering = Gathering()
        self._due = 0.0
        self._prepared: Batch | None = None
        self._lag_due = 0.0
        self._trouble: str | None = None
        self._held: str | None = None
        """Why nothing is stored until `_held_until`."""
        self._held_until = 0.0
        self._holds = HOLDS.pauses()
        self._newer: dict[int, str] = {}
        """Partitions that wait at a record of a newer release, and which."""
        self._standstill = Standstill(settings.sink_stall_seconds, time.monotonic())
        self._watch = ConsumerWatch(settings, self._consumer.topic)

    def why_not_ready(self) -> str | None:
        """What keeps the sink from storing; for the probe."""
        newer = next(iter(tuple(self._newer.values())), None)
        trouble = self._held or self._writer.trouble or self._trouble or newer
        if trouble is not None:
            return trouble
        if not self._consumer.has_joined:
            return "no partitions are assigned"
        return self._standstill.reason(time.monotonic())

    def run(self) -> None:
        """Work until told to stop.

        Raises:
            SinkError: it cannot go on; see `errors`.
            psycopg.Error: PostgreSQL said something that nobody foresaw.
        """
        try:
            self._insist(self._consumer.join)
            while not self._stop.is_set():
                self._turn()
        except StoppedError:
            _log.info("stopped while waiting: %s", self._trouble)
        finally:
            self._watch.stop()
            try:
                self._consumer.close()  # partitions go, and what the batch in hand came to may be raised here
            finally:
                self._writer.close()

    def _turn(self) -> None:
        self._show_lag(is_reading=True)
        if self._held is not None:
            self._hold(lambda: time.monotonic() >= self._held_until)
        self._advance()
        room = self._settings.sink_batch - self._gathering.records
        if room > 0:
            self._gather(min(room, CHUNK), self._wait_seconds())
        elif not self._take(PATIENCE_SECONDS):
            self._hold(lambda: self._take(0) or not self._writer.is_busy)

    def _gather(self, limit: int, wait: float) -> None:
        messages = self._consumer.read(limit, wait)
        if messages and not self._gathering.records:
            self._due = time.monotonic() + self._settings.sink_linger_seconds
        for message in messages:
            if message.partition() in self._newer:
                continue
            source, start, has_gap = self._consumer.source(message)
            try:
                self._gathering.add(source, start, read(source, has_gap=has_gap))
            except NewerStateError as error:
                self._leave(source.partition, error)

    def _leave(self, partition: int, error: NewerStateError) -> None:
        """Take no more of a partition whose next record is of a newer release; what came before is stored."""
        _log.critical("%s", error)
        self._newer[partition] = str(error)
        self._consumer.note_held(str(error))

    def _wait_seconds(self) -> float:
        if self._gathering.records and self._prepared is None:
            return min(POLL_SECONDS, max(0.0, self._due - time.monotonic()))
        return POLL_SECONDS

    def _hold(self, is_over: Callable[[], bool]) -> None:
        """Wait, and read nothing, without leaving the group."""
        while not self._stop.is_set() and not is_over():
            self._show_lag(is_reading=False)
            self._consumer.pause()  # each time: partitions may have come, a few records of theirs with them
            self._gather(1, POLL_SECONDS)
        self._consumer.resume()

    def _advance(self) -> None:
        """Move records on by a place, where the next is free."""
        self._take(0)
        if self._prepared is None and self._is_due():
            gathered, self._gathering = self._gathering, Gathering()
            with metrics.STEPS.labels("prepare").time():
                self._prepared = prepare(gathered, self._policy, self._writer.apart)
        idle = self._prepared is None and not self._gathering.records
        if self._writer.is_busy or self._writer.begin_rederiving(idle=idle):
            return
        if self._prepared is not None:
            batch, self._prepared = self._prepared, None
            self._writer.begin(batch)

    def _is_due(self) -> bool:
        records = self._gathering.records
        return records >= self._settings.sink_batch or (records > 0 and time.monotonic() >= self._due)

    def _take(self, timeout: float) -> bool:
        """Whether the batch in hand came to an end within `timeout` seconds."""
        try:
            batch = self._writer.take(timeout)
        except FencedError as fenced:
            _log.warning("fenced off: %s; reading the positions again", fenced)
            metrics.RETRIES.labels("FencedError").inc()
            self._consumer.note_stored(self._positions(self._consumer.partitions))
            self._start_again()
            return True
        except TooManyDeadLettersError as error:
            self._hold_back(error)
            return True
        except AbandonedError:
            _log.info("gave up a batch, since its partitions go")
            self._start_again()
            return True
        if batch is None:
            return False
        self._let_on()
        self._consumer.note_stored(batch.positions)
        return True

    def _hold_back(self, error: TooManyDeadLettersError) -> None:
        """Store nothing for a while, then try again with all the records that have come by then.

        A bad release is refused again, for as long as it runs. Bad records of a few people turn out to be
        that once enough records of others have come.
        """
        pause = next(self._holds)
        _log.critical("%s. For example: %s. Trying again in %.0f s", error, error.example, pause)
        metrics.HELD.set(1)
        self._held, self._held_until = str(error), time.monotonic() + pause
        self._consumer.note_held(self._held)
        self._start_again()

    def _let_on(self) -> None:
        """A batch has landed."""
        self._standstill.note_stored(time.monotonic())
        if self._held is not None:
            metrics.HELD.set(0)
            self._held, self._holds = None, HOLDS.pauses()

    def _let_go(self) -> None:
        """Before partitions go: let the batch in hand land or fall, and forget what was read since."""
        self._writer.abandon()
        self._take(REVOKE_SECONDS)
        self._start_again()

    def _start_again(self) -> None:
        self._newer.clear()
        self._gathering, self._prepared = Gathering(), None
        self._consumer.start_again()

    def _positions(self, partitions: Collection[int]) -> dict[int, int]:
        return self._insist(
            lambda: read_positions(self._settings.postgres_dsn, self._consumer.topic, partitions)
        )

    def _insist(self, attempt: Callable[[], T]) -> T:
        for pause in Backoff().pauses():
            try:
                result = attempt()
            except TransientError as error:
                _log.warning("%s; waiting for it", in_full(error))
                self._trouble = str(error)
            else:
                self._trouble = None
                return result
            if self._stop.wait(pause):
                raise StoppedError
        raise AssertionError("pauses have no end")

    def _show_lag(self, *, is_reading: bool) -> None:
        if time.monotonic() >= self._lag_due:
            self._lag_due = time.monotonic() + LAG_SECONDS
            lag = self._consumer.lag
            metrics.LAG.set(lag)
            self._standstill.note_lag(lag, time.monotonic())
            wanted = {
                n: at for n, at in self._consumer.read_up_to.items() if is_reading and n not in self._newer
            }
            self._watch.show(Seen(time.monotonic(), self._consumer.has_joined, wanted))
