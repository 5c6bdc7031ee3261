"""The processor's copy of the catalogue: the policy and duration of every item, refreshed by what changed.

A worker that has never read the catalogue waits for it and holds its partitions meanwhile: a completion
recorded under the wrong policy would stay. Once read, the copy is used however long PostgreSQL is away; a
metric gives its age. Items are archived, never deleted, so every change is a changed row.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import LiteralString

from playhead.causes import in_full
from playhead.policies import Freshness, Policies
from playhead.progress import ContentId
from playhead.progress.identifiers import TenantId
from playhead.progress.policy import Override
from playhead.settings import ProcessorSettings
from stream_processors.errors import TransientError
from stream_processors.stores.postgres import ReconnectingConnection

ROWS_AT_ONCE = 500
"""Rows taken in before other tasks run: about 1 ms."""

_ALL: LiteralString = """
    SELECT tenant_id::text, content_id::text, threshold::float8, evidence, duration_ms
    FROM progress.content_items
"""
_CHANGED: LiteralString = _ALL + " WHERE updated_at > %s"

_log = logging.getLogger(__name__)


class PolicyCache:
    """The policies of all items."""

    def __init__(self, settings: ProcessorSettings, clock: Callable[[], float]) -> None:
        """Connect to nothing yet: the catalogue is first read by `ready` or `keep`.

        Args:
            settings: Its address, how often to read it, and the policy where it overrides nothing.
            clock: A steady clock, in seconds.
        """
        self.policies = Policies(settings.policy)
        self._connection = ReconnectingConnection(settings.postgres_dsn, "playhead-processor-catalogue")
        self._pause = settings.processor_catalogue_seconds
        self._clock = clock
        self._reading = asyncio.Lock()
        self._freshness = Freshness()

    @property
    def age(self) -> float | None:
        """Seconds since the catalogue was last read; None: never."""
        return self._freshness.age(self._clock())

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    async def ready(self) -> None:
        """Return once the catalogue was read, however long ago.

        Raises:
            PostgresUnavailableError: it never was, and PostgreSQL does not respond; try again.
        """
        async with self._reading:
            if self._freshness.read_at is None:
                await self._read()

    async def keep(self) -> None:
        """Read changes until cancelled; the copy stays in use while PostgreSQL is away."""
        while True:
            try:
                await self.refresh()
            except TransientError as error:
                if self._freshness.failed_at is None:
                    _log.warning(
                        "the catalogue cannot be read, what is known of it stands: %s", in_full(error)
                    )
                self._freshness.failed(self._clock())
            await asyncio.sleep(self._pause)

    async def refresh(self) -> None:
        """Read what changed since the last read; everything the first time.

        Raises:
            PostgresUnavailableError: PostgreSQL does not respond; try again.
        """
        async with self._reading:
            await self._read()

    async def _read(self) -> None:
        began, since = self._clock(), self._freshness.changed_since
        async with self._connection.cursor() as cursor:
            await cursor.execute("SELECT now()")
            (database_time,) = await cursor.fetchone() or (None,)
            if since is None:
                await cursor.execute(_ALL)
            else:
                await cursor.execute(_CHANGED, [since])
            while rows := await cursor.fetchmany(ROWS_AT_ONCE):
                for tenant, content, threshold, evidence, duration_ms in rows:
                    override = Override.of(threshold=threshold, evidence=evidence, duration_ms=duration_ms)
                    self.policies.hold(TenantId(tenant), ContentId(content), override)
                await asyncio.sleep(0)
        self._freshness.succeeded(began, database_time)
