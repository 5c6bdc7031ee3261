"""A connection to PostgreSQL that is opened when first used, and reopened after an outage."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg import AsyncConnection, AsyncCursor, AsyncServerCursor
from psycopg.rows import TupleRow

from playhead.causes import cause_of
from playhead.metrics.calls import measured
from playhead.postgres import (
    SchemaOutdatedError,
    connect_async,
    is_outage,
    is_schema_missing,
    require_schema_async,
)
from stream_processors.errors import PostgresUnavailableError, StoreUnreadableError

_LIMIT = b"SET LOCAL statement_timeout = '10s'"


class ReconnectingConnection:
    """One connection, for one query after another.

    Args:
        dsn: Address and role.
        name: Shown as `application_name` in `pg_stat_activity`.
    """

    def __init__(self, dsn: str, name: str) -> None:
        self._dsn = dsn
        self._name = name
        self._open: AsyncConnection[TupleRow] | None = None
        self._lock = asyncio.Lock()

    async def close(self) -> None:
        """Close the connection."""
        if self._open is not None:
            await self._open.close()

    @asynccontextmanager
    async def cursor(self) -> AsyncIterator[AsyncCursor[TupleRow]]:
        """A cursor for a few queries, in a transaction of their own; one at a time.

        Raises:
            PostgresUnavailableError: waiting resolves it.
            StoreUnreadableError: the tables are not those of this release.
        """
        async with self._transaction() as connection, connection.cursor() as cursor:
            yield cursor

    @asynccontextmanager
    async def large(self) -> AsyncIterator[AsyncServerCursor[TupleRow]]:
        """A server-side cursor, for one query; it raises the same errors."""
        async with self._transaction() as connection, connection.cursor("playhead") as cursor:
            yield cursor

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection[TupleRow]]:
        async with self._lock, self._translated_errors():
            connection = await self._connected()
            async with connection.transaction():
                await connection.execute(_LIMIT)
                yield connection

    @asynccontextmanager
    async def _translated_errors(self) -> AsyncIterator[None]:
        try:
            with measured("postgres", psycopg.Error):
                yield
        except psycopg.Error as error:
            if isinstance(error, SchemaOutdatedError):
                raise StoreUnreadableError(f"Postgres: {error}") from error
            if is_schema_missing(error):
                raise StoreUnreadableError(
                    f"Postgres has not the tables of this release ({cause_of(error)}): run `playhead migrate`"
                ) from error
            if not is_outage(error):
                raise
            await self.close()
            self._open = None
            raise PostgresUnavailableError(
                f"Postgres does not answer (PLAYHEAD_POSTGRES_DSN): {cause_of(error)}"
            ) from error

    async def _connected(self) -> AsyncConnection[TupleRow]:
        if self._open is None or self._open.closed:
            connection = await connect_async(self._dsn, self._name)
            try:
                await require_schema_async(connection)
            except BaseException:
                await connection.close()
                raise
            self._open = connection
        return self._open
