"""Rare statements of a service in the databases of tenants."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, LiteralString, TypeVar

from playhead.postgres.connection import connect_async
from playhead.progress.identifiers import TenantId
from playhead.settings import Addresses, ByTenant

_TENANT = "SELECT set_config('playhead.tenant', %s, true)"

T = TypeVar("T")


class TenantLookups:
    """Executes statements as the reader's role, under the row-level security of one tenant.

    Each has a connection of its own, as it is rare. Connects to nothing before the first.
    """

    def __init__(self, databases: ByTenant[Addresses], service: str, *, at_once: int) -> None:
        """At most `at_once` connections, which have the service's name."""
        self._databases = databases
        self._service = service
        self._places = asyncio.Semaphore(at_once)
        self._running: set[asyncio.Task[Any]] = set()

    async def first(
        self, tenant: TenantId, statement: LiteralString | bytes, values: Mapping[str, Any]
    ) -> tuple[Any, ...] | None:
        """Execute a statement in a transaction; its first row, or None if it returns none.

        Raises:
            psycopg.Error: see `playhead.postgres.is_outage`.
        """
        dsn = self._databases.of(tenant).reader_dsn
        async with (
            self._places,
            await connect_async(
                dsn, self._service, "PLAYHEAD_POSTGRES_READER_DSN", autocommit=False
            ) as server,
        ):
            await server.execute(_TENANT, [tenant])
            cursor = await server.execute(statement, values)
            return None if cursor.description is None else await cursor.fetchone()

    async def bounded(self, work: Coroutine[Any, Any, T], seconds: float) -> T:
        """What the work returns, connecting included.

        Raises:
            TimeoutError: it takes longer; it goes on in the background.
        """
        # Cancelling waits for the server to confirm, for ever where it is frozen: the task ends by itself.
        task = self.start(work)
        done, _ = await asyncio.wait({task}, timeout=seconds)
        if not done:
            raise TimeoutError
        return task.result()

    def start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Do the work in the background."""
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._finished)
        return task

    async def close(self, seconds: float) -> None:
        """Wait for what still runs, then cancel it.

        A task that is cancelled while it connects would leave its connection open.
        """
        if self._running:
            await asyncio.wait(self._running, timeout=seconds)
        for task in self._running:
            task.cancel()

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # asyncio logs an exception that is never retrieved
