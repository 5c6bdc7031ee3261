"""Stores batches one after the other on a thread of its own, so that reading and decoding go on meanwhile.

Between them, rows are derived anew where the catalogue changed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from playhead.causes import in_full
from playhead.retry import Backoff
from sinks import metrics
from sinks.dead_letters.limit import Ceiling
from sinks.dead_letters.publish import Letters
from sinks.errors import TransientError
from sinks.rederive.rederive import Rederiver
from sinks.states.decode import PersonKey
from sinks.tables.prepare import Batch, Written
from sinks.tables.store import Store

_log = logging.getLogger(__name__)


class AbandonedError(Exception):
    """The batch was to be given up before the store was back; nothing of it is stored."""


class Writer:
    """At most one batch at a time, attempted until it lands, is fenced off, or is given up."""

    def __init__(self, store: Store, letters: Letters, ceiling: Ceiling, rederiver: Rederiver) -> None:
        self._store = store
        self._letters = letters
        self._ceiling = ceiling
        self._rederiver = rederiver
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._abandoned = threading.Event()
        self._running: tuple[Batch | None, Future[Any]] | None = None
        self.trouble: str | None = None
        """Why the current batch did not land yet."""

    @property
    def is_busy(self) -> bool:
        """Whether something was begun whose outcome nobody took yet."""
        return self._running is not None

    @property
    def apart(self) -> frozenset[PersonKey]:
        """The people whose records are to be stored by themselves, since one was refused lately."""
        return self._ceiling.apart(time.monotonic())

    def begin(self, batch: Batch) -> None:
        """Start to store a batch; the one before must have been taken."""
        self._abandoned.clear()
        self._running = (batch, self._pool.submit(self._persist, batch))

    def begin_rederiving(self, *, idle: bool) -> bool:
        """Derive rows anew for a moment, if it is time to; whether that was begun. `idle`: no batch waits."""
        if not self._rederiver.is_due(idle=idle):
            return False
        self._running = (None, self._pool.submit(self._rederive))
        return True

    def take(self, timeout: float) -> Batch | None:
        """The batch, once it is stored; None if that takes longer than `timeout` seconds.

        Raises:
            AbandonedError: it was given up.
            FencedError: another sink stores one of its partitions.
            TooManyDeadLettersError: nothing of it is stored; it would empty the topic.
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
        """Let the running attempt come to its end, and make no other."""
        self._abandoned.set()

    def close(self) -> None:
        """Wait for the running attempt, then close the store."""
        self.abandon()
        self._pool.shutdown()
        self._store.close()

    def _persist(self, batch: Batch) -> Written:
        for pause in Backoff().pauses():
            try:
                written = self._attempt(batch)
            except TransientError as error:
                self._note(error)
            else:
                self.trouble = None
                return written
            if self._abandoned.wait(pause):
                raise AbandonedError
        raise AssertionError("pauses have no end")

    def _rederive(self) -> None:
        try:
            self._rederiver.work()
        except TransientError as error:
            self._note(error)
        else:
            self.trouble = None

    def _attempt(self, batch: Batch) -> Written:
        begun = time.perf_counter()
        trial = self._ceiling.trial(batch.people, time.monotonic())
        written = self._store.write(batch, self._letters.publish, trial.refuse)
        self._ceiling.note(trial, time.monotonic())
        metrics.APART.set(len(self.apart))
        _observe(batch, written, time.perf_counter() - begun)
        if written.rejected:
            _log.error("%d dead letters, the first of them: %s", len(written.rejected), written.rejected[0])
        return written

    def _note(self, error: TransientError) -> None:
        metrics.RETRIES.labels(type(error).__name__).inc()
        if self.trouble is None:
            _log.warning("%s; trying again", in_full(error))
        self.trouble = str(error)


def _observe(batch: Batch, written: Written, seconds: float) -> None:
    """Count a batch that landed."""
    metrics.STATES.inc(written.stored)
    metrics.ERASED.inc(written.erased)
    for reason, dead in Counter(each.reason for each in written.rejected).items():
        metrics.DEAD.labels(reason).inc(dead)
    metrics.BATCH_RECORDS.observe(batch.records)
    metrics.BATCH_SECONDS.observe(seconds)
