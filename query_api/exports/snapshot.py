"""Reads a whole report as of one moment, in constant memory."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any

import psycopg
from psycopg import IsolationLevel

from playhead.causes import cause_of
from playhead.postgres import connect, is_outage
from playhead.progress.identifiers import TenantId
from query_api.errors import UnavailableError
from query_api.reports.query import count_query, every_row
from query_api.reports.table import ReportRequest

ReportRow = tuple[Any, ...]

_SETTING = "PLAYHEAD_POSTGRES_REPORTS_DSN, or else PLAYHEAD_POSTGRES_READER_DSN,"

BATCH = 2_000
"""Rows in memory at once: some 200 kB of CSV."""

# cursor_tuple_fraction: the planner otherwise optimises a cursor for its first tenth; this one is read whole.
# client_connection_check_interval: the server stops a sort within a second of losing its client.
_PREPARE = b"""
    SELECT
        set_config('playhead.tenant', %s, true), set_config('statement_timeout', %s, true),
        set_config('cursor_tuple_fraction', '1', true),
        set_config('client_connection_check_interval', '1s', true)
"""


class ReportSnapshot:
    """A report in a transaction of its own, read through a server-side cursor.

    One thread at a time may use it, except for `break_off`. Methods raise `UnavailableError` when PostgreSQL
    does not respond.
    """

    def __init__(self, dsn: str, tenant: TenantId, request: ReportRequest, budget_seconds: float) -> None:
        self._dsn = dsn
        self._tenant = tenant
        self._request = request
        self._budget = budget_seconds
        self._connection: psycopg.Connection | None = None
        self._cursor: psycopg.ServerCursor | None = None
        self._first: list[ReportRow] = []
        self._lock = Lock()
        self._wire: socket.socket | None = None
        self._broken_off = False

    def open(self) -> int:
        """Connect, read the first batch, so that early failures occur here, and return the number of rows."""
        with _outages():
            connection = self._connect()
            connection.isolation_level = IsolationLevel.REPEATABLE_READ  # count and rows are of one moment
            connection.read_only = True
            connection.execute(_PREPARE, [self._tenant, str(round(self._budget * 1000))])
            total = _count(connection, self._request)
            query, values = every_row(self._request)
            self._cursor = connection.cursor("export")
            self._cursor.execute(query.encode(), values)
            self._first = self._cursor.fetchmany(BATCH)
            return total

    def batches(self) -> Iterator[list[ReportRow]]:
        """Yield all rows, in order; call `open` first."""
        batch, self._first = self._first, []
        while batch and self._cursor is not None:
            yield batch
            with _outages():
                batch = self._cursor.fetchmany(BATCH)

    def break_off(self) -> None:
        """Make any wait for PostgreSQL fail at once; from any thread, and without a word to the server."""
        with self._lock:
            self._broken_off = True
            if self._wire is not None:
                with suppress(OSError):  # the server closed first
                    self._wire.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Disconnect, which ends the transaction; allowed at any stage."""
        with self._lock:
            wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()
        if self._connection is not None:
            self._connection.close()
        if self._cursor is not None:
            self._cursor.close()  # sends nothing, as the connection is closed

    def _connect(self) -> psycopg.Connection:
        connection = self._connection = connect(self._dsn, "playhead export", _SETTING, autocommit=False)
        with self._lock:
            if self._broken_off:
                raise psycopg.InterfaceError("broken off while it connected")
            # A duplicate: libpq may close its own descriptor at any time, and the number may be reused.
            self._wire = socket.socket(fileno=os.dup(connection.fileno()))
        return connection


def _count(connection: psycopg.Connection, request: ReportRequest) -> int:
    query, values = count_query(request)
    row = connection.execute(query.encode(), values).fetchone()
    if row is None:
        raise LookupError("SELECT count(*) returned nothing")
    return int(row[0])


@contextmanager
def _outages() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        if not is_outage(error):
            raise
        raise UnavailableError("postgres", cause_of(error)) from error
