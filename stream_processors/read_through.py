"""Postgres, as the hot store's memory: people whom Redis does not have, and how far the rows reach."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import LiteralString

import psycopg
from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from playhead.progress import ContentId
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import PostgresSettings
from playhead.wire.keys import person_key
from stream_processors.decision import Person
from stream_processors.errors import DurableStoreAwayError, StoreUnreadableError
from stream_processors.ledger import Ledger

CONNECT_SECONDS = 5
STATEMENT_MS = 10_000

_PEOPLE: LiteralString = """
    SELECT p.tenant_id::text, p.user_id::text, p.content_id::text, p.state
    FROM unnest(%s::uuid[], %s::uuid[]) AS asked (tenant_id, user_id)
    JOIN progress.user_progress AS p USING (user_id, tenant_id)
"""
_LEDGER: LiteralString = """
    SELECT first_offset, next_offset, applied, duplicates, dead_lettered
    FROM progress.ledger WHERE topic = %s AND partition = %s
"""


class DurableStore:
    """One connection to Postgres, made when first needed and again when it broke.

    Every method raises `DurableStoreAwayError` where trying again is right.
    """

    def __init__(self, settings: PostgresSettings) -> None:
        self._dsn = settings.postgres_dsn
        self._connection: AsyncConnection[TupleRow] | None = None

    async def close(self) -> None:
        """Leave no connection open."""
        if self._connection is not None:
            await self._connection.close()

    async def people(self, missing: Collection[str]) -> dict[str, Person]:
        """Load these people (`tenant:user`) whole; those unknown here too are whole with nothing."""
        items: dict[str, dict[ContentId, bytes]] = {person: {} for person in missing}
        tenants, users = zip(*(person.split(":") for person in missing), strict=True)
        async with self._cursor() as cursor:
            await cursor.execute(_PEOPLE, (list(tenants), list(users)))
            async for tenant, user, content, state in cursor:
                items[person_key(TenantId(tenant), UserId(user))][ContentId(content)] = state.encode()
        return {person: Person(held, is_whole=True) for person, held in items.items()}

    async def ledger(self, states_topic: str, partition: int) -> Ledger | None:
        """How far the rows know the heartbeats told of in this topic's partition; None: not at all."""
        async with self._cursor() as cursor:
            await cursor.execute(_LEDGER, (states_topic, partition))
            row = await cursor.fetchone()
        return None if row is None else Ledger(*row)

    @asynccontextmanager
    async def _cursor(self) -> AsyncIterator[psycopg.AsyncCursor[TupleRow]]:
        try:
            async with (await self._connected()).cursor() as cursor:
                yield cursor
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            await self.close()
            self._connection = None
            raise DurableStoreAwayError(f"Postgres does not answer: {error}") from error
        except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName) as error:
            raise StoreUnreadableError(
                f"Postgres has not the tables of this release ({error}): run `playhead migrate`"
            ) from error

    async def _connected(self) -> AsyncConnection[TupleRow]:
        if self._connection is None or self._connection.closed:
            self._connection = await AsyncConnection.connect(
                self._dsn,
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                application_name="playhead-processor",
                options=f"-c statement_timeout={STATEMENT_MS}",
            )
        return self._connection
