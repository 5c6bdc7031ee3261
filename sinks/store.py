"""The Postgres writer: a batch is one transaction, with the positions it moves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import psycopg

from sinks import months, statements
from sinks.batch import Batch, Lines, Stretch, Written, lines_of, session_days
from sinks.bisection import settle
from sinks.errors import FencedError, SchemaMissingError, StoreOutageError
from sinks.metrics import STEPS
from sinks.reading import Entry, Rejected
from sinks.rows import session_lines

_log = logging.getLogger(__name__)

CONNECT_SECONDS = 5
_SETTINGS = {
    "application_name": "playhead-sink",
    "TimeZone": "UTC",
    "temp_buffers": "64MB",  # a batch of 10,000 states is 10 MB; the default of 8 MB spills to disk
    "statement_timeout": "60s",  # a batch takes well under a second; beyond this, something hangs
    "idle_in_transaction_session_timeout": "60s",
}
_CONNECTION: dict[str, Any] = {
    "autocommit": True,
    "connect_timeout": CONNECT_SECONDS,
    "options": " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items()),
    # A server that is gone without a word is noticed within seconds.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}

_OUTAGE_CLASSES = ("08", "40", "53", "57")
"""Connection lost, transaction to be repeated, out of resources, shut down or cancelled."""
_OUTAGE_STATES = ("25006", "55P03")
"""A standby that has not been promoted yet; a lock that was not had in time."""
_REFUSAL_CLASSES = ("22", "23")
"""Data out of range or of the wrong form; a constraint."""

Publish = Callable[[Sequence[Rejected]], None]
"""Returns when every dead letter is safe in the log."""


def connect(dsn: str) -> psycopg.Connection:
    """A connection in autocommit mode.

    Raises:
        StoreOutageError: there is none to be had now.
    """
    try:
        return psycopg.connect(dsn, **_CONNECTION)
    except psycopg.OperationalError as error:
        raise StoreOutageError(f"cannot connect to PostgreSQL (PLAYHEAD_POSTGRES_DSN): {error}") from error


@contextmanager
def outages() -> Iterator[None]:
    """Tell an outage from everything else that PostgreSQL may say."""
    try:
        yield
    except psycopg.Error as error:
        if is_outage(error):
            raise StoreOutageError(f"PostgreSQL: {error}") from error
        raise


def is_outage(error: psycopg.Error) -> bool:
    """Whether the same statements may go well later."""
    if error.sqlstate is None:  # the connection broke before the server said anything
        return isinstance(error, psycopg.OperationalError)
    return error.sqlstate[:2] in _OUTAGE_CLASSES or error.sqlstate in _OUTAGE_STATES


def is_refusal(error: psycopg.Error) -> bool:
    """Whether the data itself is refused."""
    return error.sqlstate is not None and error.sqlstate[:2] in _REFUSAL_CLASSES


def read_positions(dsn: str, topic: str, partitions: Collection[int]) -> dict[int, int]:
    """The next offset to read of each partition; 0 where nothing was stored yet.

    Raises:
        StoreOutageError: try again later.
        SchemaMissingError: the tables are not there.
    """
    with outages(), connect(dsn) as connection:
        require_schema(connection)
        wanted = {"topic": topic, "partitions": sorted(partitions)}
        return dict(connection.execute(statements.READ_POSITIONS, wanted).fetchall())


def require_schema(connection: psycopg.Connection) -> None:
    """Raise SchemaMissingError unless somebody migrated."""
    if connection.execute(statements.HAS_SCHEMA).fetchone() != (True,):
        raise SchemaMissingError


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

    def write(self, batch: Batch, publish: Publish) -> Written:
        """Store a batch and move the positions past it, or change nothing.

        Raises:
            StoreOutageError: try again later.
            FencedError: a position is not where the batch starts.
            psycopg.Error: anything else that PostgreSQL says, which nobody foresaw.
        """
        with outages():
            connection = self._connected()
            self._make_months(connection, batch)
            with connection.transaction():
                return self._write(connection, batch, publish)

    def _connected(self) -> psycopg.Connection:
        if self._connection is None or self._connection.closed:
            connection = self._connection = connect(self._dsn)
            require_schema(connection)
            connection.execute(statements.INCOMING)
        return self._connection

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

    def _write(self, connection: psycopg.Connection, batch: Batch, publish: Publish) -> Written:
        with STEPS.labels("positions").time():
            self._move_positions(connection, batch.stretches)
        ready: Lines | None = batch.lines

        def attempt(entries: Sequence[Entry]) -> str | None:
            nonlocal ready
            lines, ready = ready or lines_of(entries), None
            try:
                with connection.transaction():
                    _write_lines(connection, lines)
            except psycopg.Error as error:
                if not is_refusal(error):
                    raise
                return str(error).strip()
            return None

        refused = settle(batch.collapsed.entries, attempt, batch.collapsed.instead_of)
        rejected = batch.rejected + refused
        if rejected:
            publish(rejected)
        return Written(batch.states - len(refused), rejected)

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


def _write_lines(connection: psycopg.Connection, lines: Lines) -> None:
    with STEPS.labels("copy").time():
        connection.execute(statements.EMPTY_INCOMING)
        connection.execute(statements.JOIN_FREELY)
        _copy(connection, statements.COPY_PROGRESS, lines.progress)
    with STEPS.labels("progress").time():
        exceptions: dict[int, bool] = dict(connection.execute(statements.STORE_PROGRESS).fetchall())
    with STEPS.labels("sessions_copy").time():
        sessions = _sessions(lines, exceptions)
        _copy(connection, statements.COPY_SESSIONS, sessions)
    with STEPS.labels("sessions").time():
        connection.execute(statements.JOIN_BY_INDEX)
        connection.execute(statements.STORE_SESSIONS)


def _sessions(lines: Lines, exceptions: dict[int, bool]) -> bytes:
    if not exceptions:
        return "".join(lines.sessions).encode()
    chosen = lines.sessions.copy()
    for place, is_new in exceptions.items():
        chosen[place] = session_lines(lines.entries[place], every=True) if is_new else ""
    return "".join(chosen).encode()


def _copy(connection: psycopg.Connection, statement: str, lines: bytes) -> None:
    with connection.cursor().copy(statement.encode()) as copy:
        copy.write(lines)
