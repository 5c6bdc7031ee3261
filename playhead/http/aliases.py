"""Keeps a process' map of merged people, in the background: no request waits for PostgreSQL."""

from __future__ import annotations

import asyncio
import logging
from itertools import chain

import psycopg

from playhead.causes import cause_of
from playhead.identity.aliases import Aliases
from playhead.postgres import connect_async
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import Addresses, ByTenant

FIRST_SECONDS = 2.0
"""For the first read, for which a service waits when it starts."""
READ_SECONDS = 5.0
"""For one read, connecting included."""
_READ = "SELECT tenant_id::text, from_user::text, into_user::text FROM progress.aliases"

_log = logging.getLogger(__name__)


class AliasReader:
    """Reads the map, and again at an interval; while PostgreSQL is away, the last one is used."""

    def __init__(self, databases: ByTenant[Addresses], service: str, every_seconds: float) -> None:
        """Connect to nothing yet."""
        self.aliases = Aliases()
        self._databases = databases
        self._service = service
        self._every = every_seconds
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._rows: dict[str, list[tuple[TenantId, UserId, UserId]]] = {}
        """What each database said last."""

    async def start(self) -> None:
        """Read for the first time, but do not wait for long."""
        await self._read_within(FIRST_SECONDS)

    async def run(self) -> None:
        """Read until cancelled."""
        try:
            while True:
                await asyncio.sleep(self._every)
                await self._read_within(READ_SECONDS)
        finally:
            for each in self._reading.values():
                each.cancel()

    async def _read_within(self, seconds: float) -> None:
        # Cancelling waits for the server to confirm, for ever where it is frozen: the task ends by itself.
        for name in self._databases.named:
            if name not in self._reading or self._reading[name].done():
                self._reading[name] = asyncio.create_task(self._read(name))
        await asyncio.wait(self._reading.values(), timeout=seconds)

    async def _read(self, name: str) -> None:
        dsn = self._databases.named[name].reader_dsn
        try:
            async with await connect_async(dsn, self._service, "PLAYHEAD_POSTGRES_READER_DSN") as server:
                rows = await (await server.execute(_READ)).fetchall()
            self._rows[name] = [row for row in rows if self._databases.has(name, row[0])]
            self.aliases.replace(chain.from_iterable(self._rows.values()))
        except psycopg.Error as error:
            _log.warning("postgres: %s; the last map of merged people is used", cause_of(error))
