"""The catalogue in the processor: every item's duration and policy as last known, looked up again and again.

A worker that has never seen the catalogue waits for it, and holds its partitions meanwhile: that is honest,
while a completion noted under the wrong policy would stick. Once it was seen, what is known of it stands,
however long Postgres is away; a metric tells its age. Items are archived and never deleted, so a change is
always a row that tells of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import LiteralString

from psycopg import AsyncCursor
from psycopg.rows import TupleRow

from playhead.causes import in_full
from playhead.progress import ContentId
from playhead.progress.identifiers import TenantId
from playhead.progress.policy import Override
from playhead.settings import ProcessorSettings
from stream_processors.errors import AwayError
from stream_processors.postgres import Connection
from stream_processors.rules import Rules

IN_FLIGHT = timedelta(minutes=5)
"""A row is dated from the beginning of its transaction, and seen after its end: none is to last longer."""
ROWS_AT_ONCE = 500
"""Taken in before the lanes get their turn: some 1 ms."""

_TOLD: LiteralString = """
    SELECT tenant_id::text, content_id::text, threshold::float8, evidence, duration_ms
    FROM progress.content_items
"""
_CHANGED: LiteralString = """
    SELECT tenant_id::text, content_id::text, threshold::float8, evidence, duration_ms
    FROM progress.content_items WHERE updated_at > %s
"""

_log = logging.getLogger(__name__)


class Catalogue:
    """The rules of all items, kept after the catalogue."""

    def __init__(self, settings: ProcessorSettings, clock: Callable[[], float]) -> None:
        """Describe the catalogue; it is read when the first lane asks, or by `keep`.

        Args:
            settings: Where it is, how often to look, and what holds where it says nothing.
            clock: Any steady one, in seconds.
        """
        self.rules = Rules(settings.policy)
        self._connection = Connection(settings.postgres_dsn, "playhead-processor-catalogue")
        self._pause = settings.processor_catalogue_seconds
        self._clock = clock
        self._looking = asyncio.Lock()
        self._known_at: float | None = None
        self._changed_by: datetime | None = None

    @property
    def age(self) -> float | None:
        """Seconds since the catalogue was last seen; None: not yet."""
        return None if self._known_at is None else self._clock() - self._known_at

    async def close(self) -> None:
        """Leave no connection open."""
        await self._connection.close()

    async def seen(self) -> None:
        """Return once the catalogue was seen, however long ago.

        Raises:
            DurableStoreAwayError: it never was, and Postgres does not answer; try again.
        """
        async with self._looking:
            if self._known_at is None:
                await self._look()

    async def keep(self) -> None:
        """Look for changes until cancelled; what is known stands while Postgres is away."""
        is_away = False
        while True:
            try:
                await self.look()
            except AwayError as error:
                if not is_away:
                    _log.warning(
                        "the catalogue cannot be read, what is known of it stands: %s", in_full(error)
                    )
                is_away = True
            else:
                is_away = False
            await asyncio.sleep(self._pause)

    async def look(self) -> None:
        """Take in what changed since the last look, and the first time everything.

        Raises:
            DurableStoreAwayError: Postgres does not answer; try again.
        """
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        began = self._clock()
        async with self._connection.cursor() as cursor:
            await self._take_changes(cursor)
        self._known_at = began

    async def _take_changes(self, cursor: AsyncCursor[TupleRow]) -> None:
        await cursor.execute("SELECT now()")
        (now,) = await cursor.fetchone() or (None,)
        if self._changed_by is None:
            await cursor.execute(_TOLD)
        else:
            await cursor.execute(_CHANGED, [self._changed_by - IN_FLIGHT])
        while rows := await cursor.fetchmany(ROWS_AT_ONCE):
            for tenant, content, threshold, evidence, duration_ms in rows:
                told = Override.told(threshold=threshold, evidence=evidence, duration_ms=duration_ms)
                self.rules.learn(TenantId(tenant), ContentId(content), told)
            await asyncio.sleep(0)
        self._changed_by = now
