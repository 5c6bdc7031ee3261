"""Looks API keys up in the database of their tenant, as the reader's role under row-level security.

Each look-up has a connection of its own, as it is rare: `KeyVerifier` says how often a process asks.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, LiteralString, TypeVar

import psycopg

from playhead.api_keys.statements import FIND, NOTE_USE, values_of
from playhead.causes import cause_of
from playhead.identity.api_keys import KeyId, StoredKey, scopes_of, tenant_of
from playhead.identity.errors import KeyStoreAwayError
from playhead.postgres import connect_async, is_outage, is_schema_missing
from playhead.settings import Addresses, ByTenant

ANSWER_SECONDS = 2.0
"""For a look-up, connecting included."""
AT_ONCE = 4
"""Connections of one process."""
_TENANT = "SELECT set_config('playhead.tenant', %s, true)"

_log = logging.getLogger(__name__)

T = TypeVar("T")


class PostgresKeys:
    """The keys of all tenants; connects when a key is looked up."""

    def __init__(self, databases: ByTenant[Addresses], service: str) -> None:
        """Connect to nothing yet; `service` is the name of the connections."""
        self._databases = databases
        self._service = service
        self._places = asyncio.Semaphore(AT_ONCE)
        self._running: set[asyncio.Task[Any]] = set()

    async def find(self, key_id: KeyId) -> StoredKey | None:
        """The key, revoked or not; None if there is none.

        Raises:
            KeyStoreAwayError: PostgreSQL does not answer, or has not been migrated.
        """
        # Cancelling waits for the server to confirm, for ever where it is frozen: the task ends by itself.
        task = self._start(self._run(key_id, FIND))
        done, _ = await asyncio.wait({task}, timeout=ANSWER_SECONDS)
        if not done:
            raise KeyStoreAwayError
        try:
            row = task.result()
        except psycopg.Error as error:
            if not (is_outage(error) or is_schema_missing(error)):
                raise
            _log.warning("postgres: %s; API keys cannot be looked up", cause_of(error))
            raise KeyStoreAwayError from error
        if row is None:
            return None
        digest, scopes, is_revoked = row
        return StoredKey(key_id, bytes(digest), scopes_of(scopes), is_revoked)

    def note_use(self, key_id: KeyId) -> None:
        """Note that the key was used, in the background; forgotten if PostgreSQL does not answer."""
        self._start(self._noted(key_id))

    async def close(self) -> None:
        """Wait for what still runs, for `ANSWER_SECONDS`, then cancel it.

        A task that is cancelled while it connects would leave its connection open.
        """
        if self._running:
            await asyncio.wait(self._running, timeout=ANSWER_SECONDS)
        for task in self._running:
            task.cancel()

    async def _noted(self, key_id: KeyId) -> None:
        try:
            await self._run(key_id, NOTE_USE)
        except psycopg.Error as error:
            _log.warning("when an API key was last used is not noted: %s", cause_of(error))

    async def _run(self, key_id: KeyId, statement: LiteralString) -> tuple[Any, ...] | None:
        tenant = tenant_of(key_id)
        dsn = self._databases.of(tenant).reader_dsn
        async with (
            self._places,
            await connect_async(
                dsn, self._service, "PLAYHEAD_POSTGRES_READER_DSN", autocommit=False
            ) as server,
        ):
            await server.execute(_TENANT, [tenant])
            cursor = await server.execute(statement, values_of(key_id))
            return None if cursor.description is None else await cursor.fetchone()

    def _start(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # asyncio logs an exception that is never retrieved
