"""The durable store: people whom Redis does not have, and ledgers, read from PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping
from contextlib import aclosing, asynccontextmanager
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
        dsns = settings.databases.map(lambda each: each.dsn)
        self._connections = dsns.map(lambda dsn: ReconnectingConnection(dsn, "playhead-processor"))
        self._people = dsns.map(lambda dsn: ReconnectingConnection(dsn, "playhead-processor-people"))

    async def close(self) -> None:
        """Close all connections."""
        for each in (*self._connections.named.values(), *self._people.named.values()):
            await each.close()

    @asynccontextmanager
    async def people(self, missing: Collection[str]) -> AsyncIterator[AsyncIterator[StoredItem]]:
        """Read all items of these people (`tenant:user`), a bounded number of rows at a time."""
        by_database: defaultdict[str, list[str]] = defaultdict(list)
        for person in missing:
            by_database[self._people.name_of(TenantId(person.partition(":")[0]))].append(person)
        async with aclosing(self._read(by_database)) as items:
            yield items

    async def ledger(self, states_topic: str, partition: int) -> Ledger | None:
        """The ledger of the last checkpoint stored from this partition of the topic, if any.

        Of several databases, the one that is furthest behind: reading again what the others have stored
        changes nothing of them, while a heartbeat that is not read would be missing from its database.
        """
        ledgers = [
            await self._ledger(each, states_topic, partition) for each in self._connections.named.values()
        ]
        known = [each for each in ledgers if each is not None]
        return min(known, key=lambda each: each.next_offset) if len(known) == len(ledgers) else None

    async def _ledger(
        self, connection: ReconnectingConnection, states_topic: str, partition: int
    ) -> Ledger | None:
        async with connection.cursor() as cursor:
            await cursor.execute(_LEDGER, (states_topic, partition))
            row = await cursor.fetchone()
        return None if row is None else Ledger(*row)

    async def _read(self, by_database: Mapping[str, Collection[str]]) -> AsyncGenerator[StoredItem]:
        for name, people in by_database.items():
            tenants, users = zip(*(person.split(":") for person in people), strict=True)
            async with self._people.named[name].large() as cursor:
                await cursor.execute(_PEOPLE, (list(tenants), list(users)))
                async for item in _stored_items(cursor):
                    yield item


async def _stored_items(cursor: AsyncServerCursor[TupleRow]) -> AsyncIterator[StoredItem]:
    while rows := await cursor.fetchmany(ROWS_PER_FETCH):
        for tenant, user, content, state, erased_at, with_tenant in rows:
            person = person_key(TenantId(tenant), UserId(user))
            if erased_at is None:
                yield StoredItem(person, ContentId(content), state.encode())
            else:
                yield StoredItem(person, erased_at=erased_at, with_tenant=with_tenant)
