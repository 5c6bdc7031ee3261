"""Postgres, as the hot store's memory: people whom Redis does not have, and how far the rows reach."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import LiteralString

from msgspec import Struct
from psycopg import AsyncServerCursor
from psycopg.rows import TupleRow

from playhead.progress import ContentId
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import PostgresSettings
from playhead.wire.keys import person_key
from playhead.wire.ledger import Ledger
from stream_processors.postgres import Connection

# Both in one question: whoever is erased between two of them would be taken for new.
_PEOPLE: LiteralString = """
    WITH asked AS (SELECT * FROM unnest(%s::uuid[], %s::uuid[]) AS asked (tenant_id, user_id))
    SELECT tenant_id::text, user_id::text, content_id::text, state, NULL
    FROM asked JOIN progress.user_progress USING (user_id, tenant_id)
    UNION ALL
    SELECT tenant_id::text, user_id::text, NULL, NULL, (extract(epoch FROM erased_at) * 1000)::bigint
    FROM asked JOIN progress.erased_people USING (user_id, tenant_id)
"""
_LEDGER: LiteralString = """
    SELECT first_offset, next_offset, applied, duplicates, dead_lettered
    FROM progress.ledger WHERE topic = %s AND partition = %s
"""


ROWS_AT_ONCE = 100
"""Held in memory at once, whatever their number; a round trip for each hundred is a tenth of their time."""


class StoredItem(Struct, frozen=True, gc=False):
    """One row: a person's item, or that they were erased."""

    person: str
    item: ContentId = ContentId("")
    state: bytes = b""
    erased_at: int | None = None
    """In ms; there is no item then."""


class DurableStore:
    """Every method raises `PostgresUnavailableError` where trying again is right."""

    def __init__(self, settings: PostgresSettings) -> None:
        self._connection = Connection(settings.postgres_dsn, "playhead-processor")
        self._people = Connection(settings.postgres_dsn, "playhead-processor-people")

    async def close(self) -> None:
        """Leave no connection open."""
        await self._connection.close()
        await self._people.close()

    @asynccontextmanager
    async def people(self, missing: Collection[str]) -> AsyncIterator[AsyncIterator[StoredItem]]:
        """Read all that there is of these people (`tenant:user`), a bounded number of rows at a time.

        Of those who were erased there is nothing but when.
        """
        tenants, users = zip(*(person.split(":") for person in missing), strict=True)
        async with self._people.large() as cursor:
            await cursor.execute(_PEOPLE, (list(tenants), list(users)))
            yield _stored(cursor)

    async def ledger(self, states_topic: str, partition: int) -> Ledger | None:
        """How far the rows know the heartbeats told of in this topic's partition; None: not at all."""
        async with self._connection.cursor() as cursor:
            await cursor.execute(_LEDGER, (states_topic, partition))
            row = await cursor.fetchone()
        return None if row is None else Ledger(*row)


async def _stored(cursor: AsyncServerCursor[TupleRow]) -> AsyncIterator[StoredItem]:
    while rows := await cursor.fetchmany(ROWS_AT_ONCE):
        for tenant, user, content, state, erased_at in rows:
            person = person_key(TenantId(tenant), UserId(user))
            if erased_at is None:
                yield StoredItem(person, ContentId(content), state.encode())
            else:
                yield StoredItem(person, erased_at=erased_at)
