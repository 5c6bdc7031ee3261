"""A connection to Postgres, made when first needed and again when it broke."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg import AsyncConnection, AsyncCursor, AsyncServerCursor
from psycopg.rows import TupleRow

from playhead.causes import cause_of
from playhead.postgres import connect_async, is_outage, is_schema_missing
from stream_processors.errors import PostgresUnavailableError, StoreUnreadableError

_SETTINGS = {"statement_timeout": "10s"}


class Connection:
    """One connection, for one question after another."""

    def __init__(self, dsn: str, name: str) -> None:
        """Describe the connection.

        Args:
            dsn: Where, and as whom.
            name: By which Postgres shows it.
        """
        self._dsn = dsn
        self._name = name
        self._open: AsyncConnection[TupleRow] | None = None
        self._alone = asyncio.Lock()

    async def close(self) -> None:
        """Leave nothing open."""
        if self._open is not None:
            await self._open.close()

    @asynccontextmanager
    async def cursor(self) -> AsyncIterator[AsyncCursor[TupleRow]]:
        """A cursor for one question.

        Raises:
            DurableStoreAwayError: trying again is right.
            StoreUnreadableError: the tables are not those of this release.
        """
        async with self._reporting(), (await self._connected()).cursor() as cursor:
            yield cursor

    @asynccontextmanager
    async def large(self) -> AsyncIterator[AsyncServerCursor[TupleRow]]:
        """A cursor whose rows stay in Postgres until they are fetched; the connection is its own meanwhile.

        Raises:
            DurableStoreAwayError: trying again is right.
            StoreUnreadableError: the tables are not those of this release.
        """
        async with self._alone, self._reporting():
            connection = await self._connected()
            async with connection.transaction(), connection.cursor("playhead") as cursor:
                yield cursor

    @asynccontextmanager
    async def _reporting(self) -> AsyncIterator[None]:
        try:
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
