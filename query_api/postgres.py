"""PostgreSQL for reading: pools with limits of connections and time, one tenant to a transaction.

Tenants may be divided among several databases: each has a pool, and a transaction runs in its tenant's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

from playhead.causes import cause_of
from playhead.metrics.calls import measured
from playhead.postgres import (
    connection_options,
    is_outage,
    login_options,
    require_schema_async,
    require_server,
)
from playhead.progress.identifiers import TenantId
from playhead.settings import ByTenant
from query_api.errors import UnavailableError
from query_api.metrics import PoolMeter

T = TypeVar("T")
DatabaseRow = tuple[Any, ...]
QueryValues = Sequence[Any] | Mapping[str, Any]
Connection = AsyncConnection[DatabaseRow]

WAITING = 512
"""Queries that may wait for a connection; beyond it the answer is 503 at once."""
RECONNECT_SECONDS = 2.0
"""After this long without a server the pool stops trying, and the next query makes it start again. With a
longer time, its growing pauses would outlast the end of the outage."""
_BEGIN = "SELECT set_config('playhead.tenant', %s, true), set_config('statement_timeout', %s, true)"


class Database:
    """PostgreSQL, as the role that cannot bypass row-level security."""

    def __init__(
        self, dsns: ByTenant[str], connections: int, budget_seconds: float, name: str = "reading"
    ) -> None:
        """Describe the databases; `open` connects.

        Args:
            dsns: Of the reader's role.
            connections: The size of each pool.
            budget_seconds: How long one transaction may take, waiting for a connection included.
            name: Of the pool, in the metrics.
        """
        self._budget = budget_seconds
        self._statement_timeout = str(round(budget_seconds * 1000))
        self._connections = connections
        self._running: set[asyncio.Task[Any]] = set()
        self._pools = dsns.map(self._pool)
        self._meter = PoolMeter(name, connections * len(self._pools.named))

    def _pool(self, dsn: str) -> AsyncConnectionPool[Connection]:
        return AsyncConnectionPool(
            dsn,
            # Called for each connection: the password may have changed.
            kwargs=partial(login_options, dsn, connection_options("playhead-query", autocommit=False)),
            min_size=1,
            max_size=self._connections,
            open=False,
            timeout=self._budget,
            max_waiting=WAITING,
            reconnect_timeout=RECONNECT_SECONDS,
            configure=_check_server,
            # A connection that died with the server is replaced before it is used.
            check=AsyncConnectionPool.check_connection,
            name="query",
        )

    async def open(self) -> None:
        """Start to connect; returns at once, whether or not the servers respond."""
        for pool in self._pools.named.values():
            await pool.open(wait=False)

    async def close(self) -> None:
        """Cancel what still runs, and disconnect."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        for pool in self._pools.named.values():
            await pool.close()

    async def within(
        self,
        tenant: TenantId,
        work: Callable[[Connection], Awaitable[T]],
        budget_seconds: float | None = None,
    ) -> T:
        """Run `work` in a transaction that sees only this tenant's rows.

        Args:
            tenant: The tenant.
            work: Takes the connection.
            budget_seconds: Shorter than the database's own, for what an answer can do without.

        Raises:
            UnavailableError: No answer within the time limit.
        """
        return await self._bounded(self._in_transaction(tenant, work), budget_seconds or self._budget)

    async def fetch(
        self, tenant: TenantId, query: str, values: QueryValues, budget_seconds: float | None = None
    ) -> list[DatabaseRow]:
        """All rows of a query, in a transaction that sees only this tenant's rows.

        Raises:
            UnavailableError: No answer within the time limit.
        """

        async def work(connection: Connection) -> list[DatabaseRow]:
            return await (await connection.execute(query.encode(), values)).fetchall()

        return await self.within(tenant, work, budget_seconds)

    async def fetch_first(self, tenant: TenantId, query: str, values: QueryValues) -> DatabaseRow | None:
        """The first row of a query, if it has any; see `fetch`."""
        return next(iter(await self.fetch(tenant, query, values)), None)

    async def fetch_only(
        self, tenant: TenantId, query: str, values: QueryValues, budget_seconds: float | None = None
    ) -> DatabaseRow:
        """The row of a query that always has exactly one; see `fetch`."""
        (row,) = await self.fetch(tenant, query, values, budget_seconds)
        return row

    async def ping(self) -> None:
        """Return if every database responds.

        Raises:
            UnavailableError: One does not.
        """
        checks = (self._bounded(_select_one(pool), self._budget) for pool in self._pools.named.values())
        found = await asyncio.gather(*checks, return_exceptions=True)
        for name, error in zip(self._pools.named, found, strict=True):
            if isinstance(error, UnavailableError) and len(found) > 1:
                raise UnavailableError("postgres", f"database {name}: {error.reason}") from error
            if error is not None:
                raise error

    async def _in_transaction(self, tenant: TenantId, work: Callable[[Connection], Awaitable[T]]) -> T:
        async with self._meter.use(self._pools.of(tenant).connection()) as connection:
            await connection.execute(_BEGIN, [tenant, self._statement_timeout])
            return await work(connection)

    async def _bounded(self, query: Awaitable[T], budget_seconds: float) -> T:
        # Cancelling a query waits for the server to confirm, forever where the server is frozen. So the
        # query is a task of its own, abandoned when its time is over; statement_timeout ends it on a server
        # that responds.
        task = asyncio.ensure_future(query)
        self._running.add(task)
        task.add_done_callback(self._finished)
        with measured("postgres", UnavailableError, psycopg.Error):
            done, _ = await asyncio.wait({task}, timeout=budget_seconds)
            if not done:
                raise UnavailableError("postgres", f"no answer within {budget_seconds:g} s")
            try:
                return task.result()
            except psycopg.Error as error:
                if not is_outage(error):
                    raise
                raise UnavailableError("postgres", cause_of(error)) from error

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # asyncio logs an exception that is never retrieved


async def _check_server(connection: Connection) -> None:
    require_server(connection, "PLAYHEAD_POSTGRES_READER_DSN or PLAYHEAD_POSTGRES_REPORTS_DSN")
    await connection.set_autocommit(True)
    await require_schema_async(connection)
    await connection.set_autocommit(False)


async def _select_one(pool: AsyncConnectionPool[Connection]) -> None:
    async with pool.connection() as connection:
        await connection.execute("SELECT 1")
