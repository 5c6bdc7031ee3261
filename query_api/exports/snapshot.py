"""A whole report, as it stood at one moment."""

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
from query_api.reports.table import Ask

Row = tuple[Any, ...]

BATCH = 2_000
"""Rows in memory at once: some 200 kB of CSV."""

# cursor_tuple_fraction: a cursor is planned for its first tenth otherwise, and this one is read to its end.
# client_connection_check_interval: the server notices within a second that nobody waits for a sort any more.
_PREPARE = b"""
    SELECT
        set_config('playhead.tenant', %s, true), set_config('statement_timeout', %s, true),
        set_config('cursor_tuple_fraction', '1', true),
        set_config('client_connection_check_interval', '1s', true)
"""


class Snapshot:
    """A report in a transaction of its own, read through a server-side cursor.

    For one thread at a time, except `break_off`. Raises `UnavailableError` when Postgres is away.
    """

    def __init__(self, dsn: str, tenant: TenantId, ask: Ask, budget_seconds: float) -> None:
        self._dsn = dsn
        self._tenant = tenant
        self._ask = ask
        self._budget = budget_seconds
        self._connection: psycopg.Connection | None = None
        self._cursor: psycopg.ServerCursor | None = None
        self._first: list[Row] = []
        self._lock = Lock()
        self._wire: socket.socket | None = None
        self._broken_off = False

    def open(self) -> int:
        """Connect and read the beginning, so that what can fail early fails here; how many rows there are."""
        with _explained():
            connection = self._connect()
            connection.isolation_level = IsolationLevel.REPEATABLE_READ  # the count is of the same rows
            connection.read_only = True
            connection.execute(_PREPARE, [self._tenant, str(round(self._budget * 1000))])
            total = _count(connection, self._ask)
            query, values = every_row(self._ask)
            self._cursor = connection.cursor("export")
            self._cursor.execute(query.encode(), values)
            self._first = self._cursor.fetchmany(BATCH)
            return total

    def batches(self) -> Iterator[list[Row]]:
        """All rows, in order; after `open`."""
        batch, self._first = self._first, []
        while batch and self._cursor is not None:
            yield batch
            with _explained():
                batch = self._cursor.fetchmany(BATCH)

    def break_off(self) -> None:
        """Make whatever waits for Postgres fail at once; from any thread, and without asking the server."""
        with self._lock:
            self._broken_off = True
            if self._wire is not None:
                with suppress(OSError):  # the server was quicker
                    self._wire.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Disconnect, which ends the transaction; may be called at any stage."""
        with self._lock:
            wire, self._wire = self._wire, None
        if wire is not None:
            wire.close()
        if self._connection is not None:
            self._connection.close()
        if self._cursor is not None:
            self._cursor.close()  # which asks the server nothing, now that it is gone

    def _connect(self) -> psycopg.Connection:
        connection = self._connection = connect(self._dsn, "playhead export", autocommit=False)
        with self._lock:
            if self._broken_off:
                raise psycopg.InterfaceError("broken off while it connected")
            # Of our own: libpq closes its file whenever it likes, and the number may be another's by then.
            self._wire = socket.socket(fileno=os.dup(connection.fileno()))
        return connection


def _count(connection: psycopg.Connection, ask: Ask) -> int:
    query, values = count_query(ask)
    row = connection.execute(query.encode(), values).fetchone()
    if row is None:
        raise LookupError("SELECT count(*) returned nothing")
    return int(row[0])


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        if not is_outage(error):
            raise
        raise UnavailableError("postgres", cause_of(error)) from error
