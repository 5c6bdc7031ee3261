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
from playhead.postgres import connect_async, is_outage, is_schema_missing
from stream_processors.errors import PostgresUnavailableError, StoreUnreadableError

_SETTINGS = {"statement_timeout": "10s"}


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
        """A cursor for one query.

        Raises:
            PostgresUnavailableError: waiting resolves it.
            StoreUnreadableError: the tables are not those of this release.
        """
        async with self._translated_errors(), (await self._connected()).cursor() as cursor:
            yield cursor

    @asynccontextmanager
    async def large(self) -> AsyncIterator[AsyncServerCursor[TupleRow]]:
        """A server-side cursor, for one query at a time; it raises the same errors."""
        async with self._lock, self._translated_errors():
            connection = await self._connected()
            async with connection.transaction(), connection.cursor("playhead") as cursor:
                yield cursor

    @asynccontextmanager
    async def _translated_errors(self) -> AsyncIterator[None]:
        try:
            with measured("postgres", psycopg.Error):
                yield
        except psycopg.Error as error:
            if is_schema_missing(error):
                raise StoreUnreadableError(
                    f"Postgres has not the tables of this release ({cause_of(error)}): run `playhead migrate`"
                ) from error
            if not is_outage(error):
                raise
            await self.close()
            self._open = None
            raise PostgresUnavailableError(f"Postgres does not answer: {cause_of(error)}") from error

    async def _connected(self) -> AsyncConnection[TupleRow]:
        if self._open is None or self._open.closed:
            self._open = await connect_async(self._dsn, self._name, settings=_SETTINGS)
        return self._open
