"""Keeps a process' map of merged people, in the background: no request waits for PostgreSQL."""

from __future__ import annotations

import asyncio
import logging

import psycopg

from playhead.causes import cause_of
from playhead.identity.aliases import Aliases
from playhead.postgres import connect_async

FIRST_SECONDS = 2.0
"""For the first read, for which a service waits when it starts."""
READ_SECONDS = 5.0
"""For one read, connecting included."""
_READ = "SELECT tenant_id::text, from_user::text, into_user::text FROM progress.aliases"

_log = logging.getLogger(__name__)


class AliasReader:
    """Reads the map, and again at an interval; while PostgreSQL is away, the last one is used."""

    def __init__(self, dsn: str, service: str, every_seconds: float) -> None:
        """Connect to nothing yet; `dsn` is of the reader's role."""
        self.aliases = Aliases()
        self._dsn = dsn
        self._service = service
        self._every = every_seconds
        self._reading: asyncio.Task[None] | None = None

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
            if self._reading is not None:
                self._reading.cancel()

    async def _read_within(self, seconds: float) -> None:
        # Cancelling waits for the server to confirm, for ever where it is frozen: the task ends by itself.
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read())
        await asyncio.wait({self._reading}, timeout=seconds)

    async def _read(self) -> None:
        try:
            async with await connect_async(self._dsn, self._service) as server:
                self.aliases.replace(await (await server.execute(_READ)).fetchall())
        except psycopg.Error as error:
            _log.warning("postgres: %s; the last map of merged people is used", cause_of(error))
