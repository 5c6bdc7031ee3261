"""The sink's connection to PostgreSQL, and its errors as the sink's own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import psycopg

from playhead import postgres
from playhead.causes import cause_of
from playhead.metrics.calls import measured
from sinks.errors import SchemaMissingError, StoreOutageError
from sinks.tables import statements

_SETTINGS = {
    "TimeZone": "UTC",
    "temp_buffers": "64MB",  # a batch of 10,000 states is 10 MB; the default of 8 MB spills to disk
    # Every join is of a batch with a table that may be a thousand times as long. Temporary tables have no
    # statistics, and by its own choice the planner would sometimes read the whole of the long one.
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
    "statement_timeout": "60s",  # a batch takes well under a second; beyond this, something hangs
    "idle_in_transaction_session_timeout": "60s",
}


def connect(dsn: str) -> psycopg.Connection:
    """A connection in autocommit mode.

    Raises:
        StoreOutageError: PostgreSQL does not accept one now.
    """
    try:
        connection = postgres.connect(dsn, "playhead-sink", settings=_SETTINGS)
    except psycopg.OperationalError as error:
        raise StoreOutageError(
            f"cannot connect to PostgreSQL (PLAYHEAD_POSTGRES_DSN): {cause_of(error)}"
        ) from error
    connection.prepare_threshold = None  # a plan made for an empty table would be kept while it grows
    return connection


@contextmanager
def outages() -> Iterator[None]:
    """Raise StoreOutageError for an outage; let every other error through."""
    try:
        with measured("postgres", psycopg.Error, StoreOutageError):
            yield
    except psycopg.Error as error:
        if postgres.is_outage(error):
            raise StoreOutageError(f"PostgreSQL: {cause_of(error)}") from error
        raise


def read_positions(dsn: str, topic: str, partitions: Collection[int]) -> dict[int, int]:
    """The stored offset of each partition; 0 where nothing is stored yet.

    Raises:
        StoreOutageError: try again later.
        SchemaMissingError: the tables do not exist.
    """
    with outages(), connect(dsn) as connection:
        require_schema(connection)
        wanted = {"topic": topic, "partitions": sorted(partitions)}
        return dict(connection.execute(statements.READ_POSITIONS, wanted).fetchall())


def require_schema(connection: psycopg.Connection) -> None:
    """Raise SchemaMissingError unless the schema is up to date."""
    if connection.execute(statements.HAS_SCHEMA).fetchone() != (True,):
        raise SchemaMissingError
