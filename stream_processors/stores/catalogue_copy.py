"""The processor's copy of one database's part of the catalogue, refreshed by what changed.

Items are archived, never deleted, so every change is a changed row. An item that the copy does not have may
be newer than the copy: `resolve` looks it up before a heartbeat of it is judged, once, since a later read of
the changes finds it as well.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from typing import LiteralString

from psycopg import AsyncCursor
from psycopg.rows import TupleRow

from playhead.causes import in_full
from playhead.policies import Freshness, Policies
from playhead.progress import ContentId
from playhead.progress.identifiers import TenantId
from playhead.progress.policy import ORGANISATION_COLUMNS, POLICY_COLUMNS, Override
from stream_processors.errors import TransientError
from stream_processors.stores.postgres import ReconnectingConnection

ROWS_AT_ONCE = 500
"""Rows taken in before other tasks run: about 1 ms."""

_ALL: LiteralString = """
    SELECT
        tenant_id::text, content_id::text, threshold::float8, evidence, duration_ms, count_hidden,
        page_count, start_ms, end_ms
    FROM progress.content_items
"""
_CHANGED: LiteralString = _ALL + " WHERE updated_at > %s"

_FOUND: LiteralString = (
    _ALL
    + """
    JOIN unnest(%s::uuid[], %s::uuid[]) AS wanted (tenant_id, content_id) USING (tenant_id, content_id)
"""
)
_ORGANISATIONS: LiteralString = """
    SELECT tenant_id::text, threshold::float8, evidence, count_hidden FROM progress.organisation_settings
"""
_CHANGED_ORGANISATIONS: LiteralString = _ORGANISATIONS + " WHERE policy_changed_at > %s"

CatalogueKey = tuple[TenantId, ContentId]

LOOK_UP_SECONDS = 1.0
"""A batch waits no longer for items that the copy does not have."""
LOOK_UP_AGAIN_SECONDS = 2.0
"""After a failure; until then no batch waits."""

_log = logging.getLogger(__name__)


class CatalogueCopy:
    """Holds one database's tenants in `policies`, which several copies share."""

    def __init__(
        self,
        dsn: str,
        policies: Policies,
        clock: Callable[[], float],
        has_tenant: Callable[[TenantId], bool],
    ) -> None:
        """Connect to nothing yet.

        Args:
            dsn: Of the database.
            policies: Where the copy is held.
            clock: A steady clock, in seconds.
            has_tenant: Whether a tenant is of this database; rows of others are passed over.
        """
        self._connection = ReconnectingConnection(dsn, "playhead-processor-catalogue")
        self._policies = policies
        self._clock = clock
        self._has_tenant = has_tenant
        self._reading = asyncio.Lock()
        self._looking: asyncio.Task[None] | None = None
        """The look-up under way, or one that failed a moment ago."""
        self._freshness = Freshness()

    @property
    def age(self) -> float | None:
        """Seconds since it was last read; None: never."""
        return self._freshness.age(self._clock())

    async def close(self) -> None:
        """Close the connection."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait({self._looking})
        await self._connection.close()

    async def ready(self) -> None:
        """Return once it was read, however long ago.

        Raises:
            PostgresUnavailableError: it never was, and PostgreSQL does not respond; try again.
        """
        async with self._reading:
            if self._freshness.read_at is None:
                await self._read()

    async def keep(self, pause_seconds: float) -> None:
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
            await asyncio.sleep(pause_seconds)

    async def refresh(self) -> None:
        """Read what changed since the last read; everything the first time.

        Raises:
            PostgresUnavailableError: PostgreSQL does not respond; try again.
        """
        async with self._reading:
            await self._read()

    async def resolve(self, unknown: Collection[CatalogueKey]) -> None:
        """Look up items that the copy does not have, for `LOOK_UP_SECONDS` at most."""
        if self._looking is None:
            self._looking = asyncio.create_task(self._look_up(unknown))
            # Not cancelled when it takes too long: that waits for the server, for ever where it is frozen.
            await asyncio.wait({self._looking}, timeout=LOOK_UP_SECONDS)

    async def _look_up(self, items: Collection[CatalogueKey]) -> None:
        values = [[tenant for tenant, _ in items], [content for _, content in items]]
        try:
            async with self._reading, self._connection.cursor() as cursor:
                await cursor.execute(_FOUND, values)
                await self._take(cursor)
            for each in items:
                if self._policies.is_unresolved(*each):
                    self._policies.note_absent(*each)
            self._looking = None
        except TransientError as error:
            _log.warning("the completion of %d items waits: %s", len(items), in_full(error))
            asyncio.get_running_loop().call_later(LOOK_UP_AGAIN_SECONDS, self._look_again)

    def _look_again(self) -> None:
        self._looking = None

    async def _read(self) -> None:
        began, since = self._clock(), self._freshness.changed_since
        async with self._connection.cursor() as cursor:
            await cursor.execute("SELECT now()")
            (database_time,) = await cursor.fetchone() or (None,)
            if since is None:
                await cursor.execute(_ORGANISATIONS)
            else:
                await cursor.execute(_CHANGED_ORGANISATIONS, [since])
            for tenant, *columns in await cursor.fetchall():
                if self._has_tenant(tenant):
                    organisation = Override.of(ORGANISATION_COLUMNS, columns)
                    self._policies.set_organisation(TenantId(tenant), organisation)
            if since is None:
                await cursor.execute(_ALL)
            else:
                await cursor.execute(_CHANGED, [since])
            await self._take(cursor)
        self._freshness.succeeded(began, database_time)

    async def _take(self, cursor: AsyncCursor[TupleRow]) -> None:
        while rows := await cursor.fetchmany(ROWS_AT_ONCE):
            for tenant, content, *columns in rows:
                if self._has_tenant(tenant):
                    override = Override.of(POLICY_COLUMNS, columns)
                    self._policies.hold(TenantId(tenant), ContentId(content), override)
            await asyncio.sleep(0)
