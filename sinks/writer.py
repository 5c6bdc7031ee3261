"""Stores batches on a thread of its own, one after the other, while the loop reads and decodes.

Between batches it rederives rows whose item changed in the catalogue, and computes requirements again that
the directory left to it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from typing import Any, Protocol

from playhead.causes import in_full
from playhead.retry import Retry
from playhead.tracing.context import record_fields
from sinks import metrics
from sinks.dead_letters.limit import DeadLetterLimit
from sinks.dead_letters.publish import DeadLetterPublisher
from sinks.errors import SinkOutageError
from sinks.states.decode import RejectedRecord, StateOwner
from sinks.tables.prepare import SinkBatch
from sinks.tables.store import Store, WriteResult
from sinks.traces import StateTraces

_log = logging.getLogger(__name__)


class AbandonedError(Exception):
    """The batch was abandoned during an outage; nothing of it is stored."""


class Background(Protocol):
    """Work in turns between batches, on the connection and the thread of the store."""

    def is_due(self, *, idle: bool) -> bool:
        """Whether a turn is due; `idle`: no batch waits."""

    def work(self) -> None:
        """Take a turn; raises `StoreOutageError` if it is to be tried again later."""


class Writer:
    """Holds at most one batch, and attempts it until it is stored, fenced, or abandoned."""

    def __init__(
        self,
        store: Store,
        publisher: DeadLetterPublisher,
        limit: DeadLetterLimit,
        background: Sequence[Background],
        traces: StateTraces | None = None,
    ) -> None:
        self._store = store
        self._publisher = publisher
        self._limit = limit
        self._background = background
        self._traces = traces
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._abandoned = threading.Event()
        self._running: tuple[SinkBatch | None, Future[Any]] | None = None
        self._retry = Retry(SinkOutageError, on_failure=self._note)
        self.unavailable_reason: str | None = None
        """The outage that holds up the current batch."""

    @property
    def is_busy(self) -> bool:
        """Whether work was begun whose outcome was not taken yet."""
        return self._running is not None

    @property
    def quarantined(self) -> frozenset[StateOwner]:
        """The people whose records are stored separately."""
        return self._limit.quarantined(time.monotonic())

    def begin(self, batch: SinkBatch) -> None:
        """Start to store a batch; the outcome of the one before must have been taken."""
        self._abandoned.clear()
        self._running = (batch, self._pool.submit(self._persist, batch))

    def begin_background(self, *, idle: bool) -> bool:
        """Start the turns of background work that are due; whether any was. `idle`: no batch waits."""
        due = [each for each in self._background if each.is_due(idle=idle)]
        if due:
            self._running = (None, self._pool.submit(self._work, due))
        return bool(due)

    def take(self, timeout: float) -> SinkBatch | None:
        """The batch, once it is stored; None if that takes longer than `timeout` seconds.

        Raises:
            AbandonedError: it was abandoned.
            FencedError: another sink stores one of its partitions.
            TooManyDeadLettersError: nothing of it is stored, since it would empty the topic.
            SinkError: see `errors`.
        """
        if self._running is None:
            return None
        batch, future = self._running
        if not wait([future], timeout).done:
            return None
        self._running = None
        future.result()
        return batch

    def abandon(self) -> None:
        """Let the running attempt end, and make no other."""
        self._abandoned.set()

    def close(self) -> None:
        """Wait for the running attempt, then close the store."""
        self.abandon()
        self._pool.shutdown()
        self._store.close()

    def _persist(self, batch: SinkBatch) -> None:
        self._retry.call(lambda: self._attempt(batch), self._pause)
        self.unavailable_reason = None

    def _pause(self, seconds: float) -> None:
        if self._abandoned.wait(seconds):
            raise AbandonedError

    def _work(self, due: Sequence[Background]) -> None:
        try:
            for each in due:
                each.work()
        except SinkOutageError as error:
            self._note(error)
        else:
            self.unavailable_reason = None

    def _attempt(self, batch: SinkBatch) -> None:
        begun = time.perf_counter()
        attempt = self._limit.attempt(batch.people, time.monotonic())
        traces = self._traces
        with nullcontext() if traces is None else traces.storing(batch.positions, batch.records):
            result = self._store.write(batch, self._publisher.publish, attempt.refuse)
        self._limit.note_stored(attempt, time.monotonic())
        metrics.APART.set(len(self.quarantined))
        _count(batch, result, time.perf_counter() - begun)
        if result.rejected:
            self._log_rejected(result.rejected)
        if traces is not None:
            reasons = {(each.source.partition, each.source.offset): each.reason for each in result.rejected}
            traces.stored(batch.positions, reasons)

    def _log_rejected(self, rejected: Sequence[RejectedRecord]) -> None:
        first = rejected[0].source
        place = record_fields(self._store.topic, first.partition, first.offset)
        if self._traces is not None:
            place |= self._traces.fields(first.partition, first.offset)
        _log.error("%d dead letters, the first of them: %s", len(rejected), rejected[0], extra=place)

    def _note(self, error: Exception) -> None:
        metrics.RETRIES.labels(type(error).__name__).inc()
        if self.unavailable_reason is None:
            _log.warning("%s; trying again", in_full(error))
        self.unavailable_reason = str(error)


def _count(batch: SinkBatch, result: WriteResult, seconds: float) -> None:
    metrics.STATES.inc(result.stored)
    metrics.ERASED.inc(result.erased)
    for reason, dead in Counter(each.reason for each in result.rejected).items():
        metrics.DEAD.labels(reason).inc(dead)
    metrics.BATCH_RECORDS.observe(batch.records)
    metrics.BATCH_SECONDS.observe(seconds)
