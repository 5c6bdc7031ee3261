"""The Postgres writer: a batch is one transaction, with the positions it moves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date

import psycopg

from sinks.dead_letters.bisect import Refuse, settle
from sinks.errors import FencedError
from sinks.metrics import STEPS
from sinks.states.batch import Stretch
from sinks.states.decode import Entry, Rejected, Source
from sinks.tables import months, statements
from sinks.tables.connection import connect, outages, require_schema
from sinks.tables.load import load
from sinks.tables.prepare import Batch, Lines, Written, lines_of, session_days

_log = logging.getLogger(__name__)

Publish = Callable[[Sequence[Rejected], Sequence[Source]], None]
"""Returns when every dead letter, and a tombstone for each state of somebody erased, is safe in the log."""


class Store:
    """One connection to PostgreSQL, made anew when it broke. For one thread."""

    def __init__(self, dsn: str, topic: str) -> None:
        self._dsn = dsn
        self._topic = topic
        self._connection: psycopg.Connection | None = None
        self._months: set[date] = set()
        self._strays: set[int] = set()

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def write(self, batch: Batch, publish: Publish, refuse: Refuse = lambda _: None) -> Written:
        """Store a batch and move the positions past it, or change nothing.

        `refuse` is called for each record that is to be a dead letter, once that is known, and may raise.

        Raises:
            StoreOutageError: try again later.
            FencedError: a position is not where the batch starts.
            psycopg.Error: anything else that PostgreSQL says, which nobody foresaw.
        """
        with outages():
            connection = self.connected()
            self._make_months(connection, batch)
            with connection.transaction():
                return self._write(connection, batch, publish, refuse)

    def connected(self) -> psycopg.Connection:
        """The connection, in autocommit mode and with the temporary tables.

        Raises:
            StoreOutageError: try again later.
        """
        if self._connection is None or self._connection.closed:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> psycopg.Connection:
        """A connection with its temporary tables, which a standby refuses to make."""
        connection = connect(self._dsn)
        try:
            require_schema(connection)
            connection.execute(statements.INCOMING)
        except BaseException:
            connection.close()
            raise
        self._months.clear()  # made in the database that was there before, which may know more than this one
        return connection

    def _make_months(self, connection: psycopg.Connection, batch: Batch) -> None:
        with STEPS.labels("months").time():
            today = months.today()
            needed, strays = months.months_of(session_days(batch.collapsed.entries), today)
            self._warn_of(strays)
            for month in sorted(needed.union(months.made_ahead(today)) - self._months):
                connection.execute(statements.MAKE_MONTH, (month,))
                self._months.add(month)

    def _warn_of(self, strays: set[int]) -> None:
        """Tell once of each day that no month is made for; `playhead audit` tells whose sessions they are."""
        if news := strays - self._strays:
            self._strays |= news
            _log.warning("sessions that began %s days from 1970 lie in no month's partition", sorted(news))

    def _write(
        self, connection: psycopg.Connection, batch: Batch, publish: Publish, refuse: Refuse
    ) -> Written:
        for each in batch.rejected:
            refuse(each)
        with STEPS.labels("positions").time():
            connection.execute(statements.NO_ERASURE)
            self._move_positions(connection, batch.stretches)
        # The lowest partition of the batch: its position is locked, so nobody else counts under it now.
        shard = min(batch.stretches)
        ready: Lines | None = batch.lines if batch.lines.entries else None
        erased: list[Entry] = []

        def attempt(entries: Sequence[Entry]) -> str | None:
            nonlocal ready
            lines, ready = ready or lines_of(entries, batch.lines.policy), None
            return load(connection, lines, shard, erased)

        refused = settle(
            batch.lines.entries, attempt, batch.collapsed.instead_of, apart=batch.apart, refuse=refuse
        )
        rejected = batch.rejected + refused
        if rejected or erased:
            publish(rejected, [each.source for each in erased])
        dropped = sum(map(batch.collapsed.states_of, erased))
        return Written(batch.states - len(refused) - dropped, rejected, dropped)

    def _move_positions(self, connection: psycopg.Connection, stretches: dict[int, Stretch]) -> None:
        partitions = sorted(stretches)
        ordered = [stretches[partition] for partition in partitions]
        moved = connection.execute(
            statements.MOVE_POSITIONS,
            {
                "topic": self._topic,
                "partitions": partitions,
                "starts": [each.start for each in ordered],
                "nexts": [each.next_offset for each in ordered],
                "sources": [each.checkpoint.next_offset if each.checkpoint else None for each in ordered],
            },
        )
        if moved.rowcount != len(partitions):
            raise FencedError(f"of partitions {partitions}, {moved.rowcount} stood where this batch starts")
        for told in (each.checkpoint for each in ordered if each.checkpoint is not None):
            ledger = (
                told.first_offset,
                told.next_offset,
                told.applied,
                told.duplicates,
                told.dead_lettered,
            )
            connection.execute(statements.MOVE_LEDGER, (self._topic, told.partition, *ledger))
