"""The sink's loop: it reads and decodes while the batch before is stored.

Records pass three places: the *builder* (being read), the *prepared* batch (written in COPY's format), and
the writer's. When all are full, the loop stops reading: it pauses its partitions and stays in the group.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from playhead.causes import in_full
from playhead.retry import Retry
from playhead.settings import SinkSettings
from sinks import metrics
from sinks.audit_runs import AuditRuns
from sinks.curriculum.refresher import CurriculumRefresher
from sinks.days.recount import DayRecounter
from sinks.dead_letters.limit import BadRelease, DeadLetterLimit, ReleaseHold
from sinks.dead_letters.publish import DeadLetterPublisher
from sinks.errors import (
    ConsumerFailedError,
    FencedError,
    NewerStateError,
    SinkOutageError,
    TooManyDeadLettersError,
)
from sinks.rederive.rederive import Rederiver
from sinks.renewals.editions import Editions
from sinks.renewals.expiry import Expiry
from sinks.renewals.publish import ActPublisher
from sinks.states.batch import BatchBuilder
from sinks.states.consume import StatesConsumer
from sinks.states.decode import ConsumedRecord, DecodedState, decode
from sinks.states.share import TenantShare
from sinks.states.watch import ConsumerReport, ConsumerWatch, Standstill
from sinks.tables.connection import read_positions
from sinks.tables.prepare import SinkBatch, prepare
from sinks.tables.store import Store
from sinks.writer import AbandonedError, Writer

if TYPE_CHECKING:
    from playhead.tracing.spans import Tracer

CHUNK = 1_000
"""Records read at once, so that the loop notices a finished batch among them."""
LAG_SECONDS = 1.0
POLL_SECONDS = 0.1
"""The longest that a signal or a finished batch goes unnoticed."""
REVOKE_SECONDS = 10.0
"""How long a revocation waits for the current batch. The positions fence whatever takes longer."""
WAIT_SECONDS = 1.0
"""The loop waits so long for a batch before it polls the group again."""

_log = logging.getLogger(__name__)


class StoppedError(Exception):
    """The sink was asked to stop during an outage."""


class Sink:
    """Moves states from Kafka to PostgreSQL until it is stopped."""

    def __init__(self, settings: SinkSettings, stop: threading.Event, tracer: Tracer | None = None) -> None:
        self._settings = settings
        self._policy = settings.policy
        self._stop = stop
        self._consumer = StatesConsumer(settings, self._stored_positions, self._before_revoke, tracer)
        self._dsn = settings.databases.named[settings.sink_database].dsn
        self._share = TenantShare.of(settings)
        store = Store(self._dsn, self._consumer.topic)
        limit = DeadLetterLimit(
            BadRelease(
                window=settings.sink_dead_letter_window,
                share=settings.sink_dead_letter_share,
                people=settings.sink_dead_letter_people,
                quarantine_seconds=settings.sink_quarantine_seconds,
            )
        )
        acts = ActPublisher(settings)
        background = (
            Rederiver(store, self._policy, publish=acts.publish),
            CurriculumRefresher(store),
            DayRecounter(store),
            Expiry(store, acts.publish),
            Editions(store, acts.publish),
            AuditRuns(store),
        )
        self._writer = Writer(store, DeadLetterPublisher(settings), limit, background, self._consumer.traces)
        self._builder = BatchBuilder()
        self._due = 0.0
        self._prepared: SinkBatch | None = None
        self._lag_due = 0.0
        self._retry = Retry(SinkOutageError, on_failure=_warn)
        self._hold = ReleaseHold()
        self._newer: dict[int, str] = {}
        """Partitions that wait at a record of a newer release, and which one."""
        self._standstill = Standstill(settings.sink_stall_seconds, time.monotonic())
        self._watch = ConsumerWatch(settings, self._consumer.topic)

    def why_not_ready(self) -> str | None:
        """What keeps the sink from storing, for its probe; None if nothing does."""
        outage = None if self._retry.failure is None else str(self._retry.failure)
        reason = self._hold.reason or self._writer.unavailable_reason or outage or self.held_reason
        if reason is not None:
            return reason
        if not self._consumer.has_joined:
            return "no partitions are assigned"
        return self._standstill.reason(time.monotonic())

    def waited(self, now: float) -> float:
        """For how many seconds it has neither stored anything nor had nothing to do; on any thread."""
        return self._standstill.waited(now)

    @property
    def held_reason(self) -> str | None:
        """What waits for an operator: a bad release, or one that is to be upgraded; on any thread."""
        return self._hold.reason or next(iter(tuple(self._newer.values())), None)

    @property
    def topic(self) -> str:
        """The topic of the states."""
        return self._consumer.topic

    @property
    def partitions(self) -> frozenset[int]:
        """The partitions assigned to it; on any thread."""
        return self._consumer.partitions

    def run(self) -> None:
        """Work until stopped.

        Raises:
            SinkError: it cannot go on; see `errors`.
            psycopg.Error: an error of PostgreSQL that no handler foresees.
        """
        try:
            self._retry.call(self._consumer.join, self._pause)
            while not self._stop.is_set():
                self._turn()
        except StoppedError:
            _log.info("stopped while waiting: %s", self._retry.failure)
        except ConsumerFailedError:
            self._watch.stop()
            self._writer.close()
            raise  # without leaving the group: a consumer that is stuck may wait for its coordinator for ever
        except BaseException:
            self._close()
            raise
        self._close()

    def _close(self) -> None:
        self._watch.stop()
        try:
            self._consumer.close()  # revokes partitions, which may raise the outcome of the current batch
        finally:
            self._writer.close()

    def _turn(self) -> None:
        self._report(is_reading=True)
        if self._hold.reason is not None:
            self._read_nothing_until(lambda: self._hold.is_over(time.monotonic()))
        self._advance()
        room = self._settings.sink_batch - self._builder.records
        if room > 0:
            self._read(min(room, CHUNK), self._read_seconds())
        elif not self._finish(WAIT_SECONDS):
            self._read_nothing_until(lambda: self._finish(0) or not self._writer.is_busy)

    def _read(self, limit: int, timeout: float) -> None:
        messages = self._consumer.read(limit, timeout)
        if messages and not self._builder.records:
            self._due = time.monotonic() + self._settings.sink_linger_seconds
        for message in messages:
            if message.partition() in self._newer:
                continue
            source, start, has_gap = self._consumer.advance(message)
            try:
                self._builder.add(source, start, self._decode(source, has_gap=has_gap))
            except NewerStateError as error:
                self._leave(source.partition, error)

    def _decode(self, source: ConsumedRecord, *, has_gap: bool) -> DecodedState:
        is_left = self._share is not None and not self._share.has(source.key)
        return None if is_left else decode(source, has_gap=has_gap)

    def _leave(self, partition: int, error: NewerStateError) -> None:
        """Read no more of a partition whose next record is of a newer release; those before it are stored."""
        _log.critical("%s", error)
        self._newer[partition] = str(error)
        self._consumer.note_held(str(error))

    def _read_seconds(self) -> float:
        if self._builder.records and self._prepared is None:
            return min(POLL_SECONDS, max(0.0, self._due - time.monotonic()))
        return POLL_SECONDS

    def _read_nothing_until(self, is_over: Callable[[], bool]) -> None:
        """Wait without leaving the group."""
        while not self._stop.is_set() and not is_over():
            self._report(is_reading=False)
            self._consumer.pause()  # each time: partitions may have been assigned, with a few records read
            self._read(1, POLL_SECONDS)
        self._consumer.resume()

    def _advance(self) -> None:
        """Move records on to the next place, if it is free."""
        self._finish(0)
        if self._prepared is None and self._is_due():
            builder, self._builder = self._builder, BatchBuilder()
            with metrics.STEPS.labels("prepare").time():
                self._prepared = prepare(builder, self._policy, self._writer.quarantined)
        idle = self._prepared is None and not self._builder.records
        if self._writer.is_busy or self._writer.begin_background(idle=idle):
            return
        if self._prepared is not None:
            batch, self._prepared = self._prepared, None
            self._writer.begin(batch)

    def _is_due(self) -> bool:
        records = self._builder.records
        return records >= self._settings.sink_batch or (records > 0 and time.monotonic() >= self._due)

    def _finish(self, timeout: float) -> bool:
        """Whether the writer's batch came to an end, stored or not, within `timeout` seconds."""
        try:
            batch = self._writer.take(timeout)
        except FencedError as fenced:
            _log.warning("fenced off: %s; reading the positions again", fenced)
            metrics.RETRIES.labels("FencedError").inc()
            self._consumer.note_stored(self._stored_positions(self._consumer.partitions))
            self._rewind()
            return True
        except TooManyDeadLettersError as error:
            self._begin_hold(error)
            return True
        except AbandonedError:
            _log.info("gave up a batch, since its partitions go")
            self._rewind()
            return True
        if batch is None:
            return False
        self._standstill.note_stored(time.monotonic())
        self._hold.end()
        metrics.HELD.set(0)
        self._consumer.note_stored(batch.positions)
        self._consumer.note_written(batch.written_ms)
        return True

    def _begin_hold(self, error: TooManyDeadLettersError) -> None:
        """Store nothing for a while, then try again with all the records that have come by then.

        A bad release is refused again, for as long as it runs. Bad records of a few people prove to be just
        that once enough records of others have come.
        """
        pause = self._hold.begin(str(error), time.monotonic())
        _log.critical("%s. For example: %s. Trying again in %.0f s", error, error.example, pause)
        metrics.HELD.set(1)
        self._consumer.note_held(str(error))
        self._rewind()

    def _before_revoke(self) -> None:
        """Let the writer's batch end, and drop what was read since."""
        self._writer.abandon()
        self._finish(REVOKE_SECONDS)
        self._rewind()

    def _rewind(self) -> None:
        self._newer.clear()
        self._builder, self._prepared = BatchBuilder(), None
        self._consumer.rewind()

    def _stored_positions(self, partitions: Collection[int]) -> dict[int, int]:
        dsn, topic = self._dsn, self._consumer.topic
        return self._retry.call(lambda: read_positions(dsn, topic, partitions), self._pause)

    def _pause(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise StoppedError

    def _report(self, *, is_reading: bool) -> None:
        now = time.monotonic()
        if now >= self._lag_due:
            self._lag_due = now + LAG_SECONDS
            lag = self._consumer.lag
            metrics.LAG.set(lag)
            metrics.PLACES.show(self._consumer.places, time.time())
            self._standstill.note_lag(lag, time.monotonic())
            positions = self._consumer.positions if is_reading else {}
            wanted = {n: at for n, at in positions.items() if n not in self._newer}
            self._watch.report(ConsumerReport(time.monotonic(), self._consumer.has_joined, wanted))


def _warn(error: Exception) -> None:
    _log.warning("%s; waiting for it", in_full(error))
