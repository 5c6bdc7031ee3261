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
from sinks.tables.forms import forms_of


def connect(dsn: str) -> psycopg.Connection:
    """A connection in autocommit mode.

    Raises:
        StoreOutageError: PostgreSQL does not accept one now, or is too old.
    """
    try:
        return postgres.connect(dsn, "playhead-sink")
    except psycopg.OperationalError as error:
        raise StoreOutageError(
            f"cannot connect to PostgreSQL (PLAYHEAD_POSTGRES_DSN): {cause_of(error)}"
        ) from error


@contextmanager
def transaction(connection: psycopg.Connection) -> Iterator[None]:
    """A transaction with the sink's settings and empty temporary tables; see `begin.sql`."""
    with connection.transaction():
        connection.execute(forms_of(connection).begin)
        yield


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
        SchemaMissingError: a migration has not been run.
    """
    with outages(), connect(dsn) as connection:
        require_schema(connection)
        wanted = {"topic": topic, "partitions": sorted(partitions)}
        return dict(connection.execute(statements.READ_POSITIONS, wanted).fetchall())


def require_schema(connection: psycopg.Connection) -> None:
    """Raise SchemaMissingError unless the schema is up to date."""
    try:
        postgres.require_schema(connection)
    except postgres.SchemaOutdatedError as error:
        raise SchemaMissingError(str(error)) from error
