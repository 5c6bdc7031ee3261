"""The durable store: people whom Redis does not have, and ledgers, read from PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import LiteralString

from msgspec import Struct
from psycopg import AsyncServerCursor
from psycopg.rows import TupleRow

from playhead.progress import ContentId
from playhead.progress.identifiers import TenantId, UserId
from playhead.resources import read_text
from playhead.settings import PostgresSettings
from playhead.wire.keys import person_key
from playhead.wire.ledger import Ledger
from stream_processors.stores.postgres import ReconnectingConnection

_PEOPLE = read_text("stream_processors.stores", "people.sql").encode()
_LEDGER: LiteralString = """
    SELECT first_offset, next_offset, applied, duplicates, dead_lettered
    FROM progress.ledger WHERE topic = %s AND partition = %s
"""
ROWS_PER_FETCH = 100
"""Held in memory at once; a round trip for each hundred rows is a tenth of their time."""


class StoredItem(Struct, frozen=True, gc=False):
    """One row: an item of a person, or that the person was erased."""

    person: str
    item: ContentId = ContentId("")
    state: bytes = b""
    erased_at: int | None = None
    """In ms since 1970; the row has no item then."""
    with_tenant: bool = False
    """Whether the person's whole organisation was erased."""


class DurableStore:
    """PostgreSQL. Every method raises `PostgresUnavailableError` if waiting resolves the failure."""

    def __init__(self, settings: PostgresSettings) -> None:
        self._connection = ReconnectingConnection(settings.postgres_dsn, "playhead-processor")
        self._people = ReconnectingConnection(settings.postgres_dsn, "playhead-processor-people")

    async def close(self) -> None:
        """Close all connections."""
        await self._connection.close()
        await self._people.close()

    @asynccontextmanager
    async def people(self, missing: Collection[str]) -> AsyncIterator[AsyncIterator[StoredItem]]:
        """Read all items of these people (`tenant:user`), a bounded number of rows at a time."""
        tenants, users = zip(*(person.split(":") for person in missing), strict=True)
        async with self._people.large() as cursor:
            await cursor.execute(_PEOPLE, (list(tenants), list(users)))
            yield _stored_items(cursor)

    async def ledger(self, states_topic: str, partition: int) -> Ledger | None:
        """The ledger of the last checkpoint stored from this partition of the topic, if any."""
        async with self._connection.cursor() as cursor:
            await cursor.execute(_LEDGER, (states_topic, partition))
            row = await cursor.fetchone()
        return None if row is None else Ledger(*row)


async def _stored_items(cursor: AsyncServerCursor[TupleRow]) -> AsyncIterator[StoredItem]:
    while rows := await cursor.fetchmany(ROWS_PER_FETCH):
        for tenant, user, content, state, erased_at, with_tenant in rows:
            person = person_key(TenantId(tenant), UserId(user))
            if erased_at is None:
                yield StoredItem(person, ContentId(content), state.encode())
            else:
                yield StoredItem(person, erased_at=erased_at, with_tenant=with_tenant)
