"""Writes batches: one transaction stores the states of a batch and moves its positions."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import psycopg
from msgspec.structs import astuple

from playhead.curriculum.statements import LOCK_SHARED
from playhead.progress.identifiers import DAY_MS
from sinks.dead_letters.bisect import Refuse, store_bisecting
from sinks.errors import FencedError
from sinks.metrics import STEPS
from sinks.states.batch import PartitionRange
from sinks.states.decode import ConsumedRecord, RejectedRecord, StateEntry
from sinks.tables import months, statements
from sinks.tables.connection import connect, outages, require_schema, transaction
from sinks.tables.load import load
from sinks.tables.prepare import CopyLines, SinkBatch, copy_lines

_log = logging.getLogger(__name__)

Publish = Callable[[Sequence[RejectedRecord], Sequence[ConsumedRecord]], None]
"""Returns when Kafka has acknowledged the dead letters, and a tombstone for each state of erased people."""


@dataclass(frozen=True, slots=True)
class WriteResult:
    """The outcome of a batch."""

    stored: int
    rejected: list[RejectedRecord]
    erased: int
    """States of erased people, of which nothing is stored."""


class Store:
    """One connection to PostgreSQL, opened again after it broke. For one thread."""

    def __init__(self, dsn: str, topic: str) -> None:
        self._dsn = dsn
        self.topic = topic
        """The topic of the states."""
        self._connection: psycopg.Connection | None = None
        self._months: set[date] = set()
        self._implausible_days: set[int] = set()

    def close(self) -> None:
        """Close the connection, if one is open."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def write(self, batch: SinkBatch, publish: Publish, refuse: Refuse = lambda _: None) -> WriteResult:
        """Store a batch and move the positions past it, or change nothing.

        Args:
            batch: What to store.
            publish: Publishes dead letters and tombstones, before the transaction commits.
            refuse: Called for each record that becomes a dead letter, as soon as that is known; may raise.

        Raises:
            StoreOutageError: try again later.
            FencedError: a position is not where the batch starts.
            psycopg.Error: an error that no handler foresees.
        """
        with outages():
            connection = self.connected()
            self._create_months(connection, batch)
            with transaction(connection):
                return self._write(connection, batch, publish, refuse)

    def connected(self) -> psycopg.Connection:
        """The connection, in autocommit mode; batches and turns use `transaction`.

        Raises:
            StoreOutageError: try again later.
        """
        if self._connection is None or self._connection.closed:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> psycopg.Connection:
        connection = connect(self._dsn)
        try:
            require_schema(connection)
            with transaction(connection):  # which a standby refuses
                pass
        except BaseException:
            connection.close()
            raise
        self._months.clear()  # this may be another database than before, without their partitions
        return connection

    def _create_months(self, connection: psycopg.Connection, batch: SinkBatch) -> None:
        with STEPS.labels("months").time():
            today = months.today()
            entries = batch.latest.entries
            days = {
                each.started_at // DAY_MS for entry in entries for each in entry.progress.sessions.values()
            }
            needed, implausible = months.months_of(days, today)
            self._warn_of(implausible)
            for month in sorted(needed.union(months.months_ahead(today)) - self._months):
                connection.execute(statements.CREATE_MONTH, (month,))
                self._months.add(month)

    def _warn_of(self, days: set[int]) -> None:
        """Log each day without a partition once; `playhead audit` finds the sessions that began on it."""
        if news := days - self._implausible_days:
            self._implausible_days |= news
            _log.warning("sessions that began %s days from 1970 lie in no month's partition", sorted(news))

    def _write(
        self, connection: psycopg.Connection, batch: SinkBatch, publish: Publish, refuse: Refuse
    ) -> WriteResult:
        for each in batch.rejected:
            refuse(each)
        with STEPS.labels("positions").time():
            connection.execute(statements.LOCK_OUT_ERASURE)
            connection.execute(statements.LOCK_OUT_COURSES)
            self._move_positions(connection, batch.ranges)
            tenants = sorted({entry.state.tenant_id for entry in batch.lines.entries})
            connection.execute(LOCK_SHARED, (tenants,))
        # The lowest partition of the batch: its position is locked, so no other sink counts under it now.
        shard = min(batch.ranges)
        prepared: CopyLines | None = batch.lines if batch.lines.entries else None
        erased: list[StateEntry] = []

        def attempt(entries: Sequence[StateEntry]) -> str | None:
            nonlocal prepared
            is_first = prepared is not None
            lines, prepared = prepared or copy_lines(entries, batch.lines.policy), None
            return load(connection, lines, shard, erased, is_first=is_first)

        refused = store_bisecting(
            batch.lines.entries,
            attempt,
            batch.latest.alternatives,
            quarantined=batch.quarantined,
            refuse=refuse,
        )
        rejected = batch.rejected + refused
        if rejected or erased:
            publish(rejected, [each.source for each in erased])
        dropped = sum(map(batch.latest.count, erased))
        return WriteResult(batch.states - len(refused) - dropped, rejected, dropped)

    def _move_positions(self, connection: psycopg.Connection, ranges: dict[int, PartitionRange]) -> None:
        partitions = sorted(ranges)
        ordered = [ranges[partition] for partition in partitions]
        moved = connection.execute(
            statements.MOVE_POSITIONS,
            {
                "topic": self.topic,
                "partitions": partitions,
                "starts": [each.start for each in ordered],
                "nexts": [each.next_offset for each in ordered],
                "sources": [each.checkpoint.next_offset if each.checkpoint else None for each in ordered],
            },
        )
        if moved.rowcount != len(partitions):
            raise FencedError(f"of partitions {partitions}, {moved.rowcount} stood where this batch starts")
        for checkpoint in (each.checkpoint for each in ordered if each.checkpoint is not None):
            ledger = (self.topic, checkpoint.partition, *astuple(checkpoint.ledger))
            connection.execute(statements.MOVE_LEDGER, ledger)
