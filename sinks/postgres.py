"""Connections to PostgreSQL, and what its errors mean to the sink."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from playhead.causes import cause_of
from sinks import statements
from sinks.errors import SchemaMissingError, StoreOutageError

CONNECT_SECONDS = 5
_SETTINGS = {
    "application_name": "playhead-sink",
    "TimeZone": "UTC",
    "temp_buffers": "64MB",  # a batch of 10,000 states is 10 MB; the default of 8 MB spills to disk
    # Every join here is of a batch with a table that may be a thousand times as long. Temporary tables have
    # no statistics, and left to itself the planner would now and then read the whole of it.
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
    "statement_timeout": "60s",  # a batch takes well under a second; beyond this, something hangs
    "idle_in_transaction_session_timeout": "60s",
}
_CONNECTION: dict[str, Any] = {
    "autocommit": True,
    "connect_timeout": CONNECT_SECONDS,
    "prepare_threshold": None,  # a plan made for an empty table would be kept while it grows
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
_REFUSAL_CLASSES = ("21", "22", "23", "54")
"""Two rows where there should be one; data out of range or of the wrong form; a constraint; a limit of
PostgreSQL's own, as of what an index entry holds."""


def connect(dsn: str) -> psycopg.Connection:
    """A connection in autocommit mode.

    Raises:
        StoreOutageError: there is none to be had now.
    """
    try:
        return psycopg.connect(dsn, **_CONNECTION)
    except psycopg.OperationalError as error:
        raise StoreOutageError(
            f"cannot connect to PostgreSQL (PLAYHEAD_POSTGRES_DSN): {cause_of(error)}"
        ) from error


@contextmanager
def outages() -> Iterator[None]:
    """Tell an outage from everything else that PostgreSQL may say."""
    try:
        yield
    except psycopg.Error as error:
        if is_outage(error):
            raise StoreOutageError(f"PostgreSQL: {cause_of(error)}") from error
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
