"""Postgres, as the hot store's memory: people whom Redis does not have, and how far the rows reach."""

from __future__ import annotations

from collections.abc import Collection
from typing import LiteralString

from playhead.progress import ContentId
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import PostgresSettings
from playhead.wire.keys import person_key
from stream_processors.decision import Person
from stream_processors.ledger import Ledger
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


class DurableStore:
    """Every method raises `DurableStoreAwayError` where trying again is right."""

    def __init__(self, settings: PostgresSettings) -> None:
        self._connection = Connection(settings.postgres_dsn, "playhead-processor")

    async def close(self) -> None:
        """Leave no connection open."""
        await self._connection.close()

    async def people(self, missing: Collection[str]) -> dict[str, Person]:
        """Load these people (`tenant:user`) whole; those unknown here too are whole with nothing.

        Those who were erased have nothing, and it is told when they were.
        """
        items: dict[str, dict[ContentId, bytes]] = {person: {} for person in missing}
        erased: dict[str, int] = {}
        tenants, users = zip(*(person.split(":") for person in missing), strict=True)
        async with self._connection.cursor() as cursor:
            await cursor.execute(_PEOPLE, (list(tenants), list(users)))
            async for tenant, user, content, state, erased_at in cursor:
                person = person_key(TenantId(tenant), UserId(user))
                if erased_at is None:
                    items[person][ContentId(content)] = state.encode()
                else:
                    erased[person] = erased_at
        return {
            person: Person({}, erased_at=erased[person]) if person in erased else Person(held, is_whole=True)
            for person, held in items.items()
        }

    async def ledger(self, states_topic: str, partition: int) -> Ledger | None:
        """How far the rows know the heartbeats told of in this topic's partition; None: not at all."""
        async with self._connection.cursor() as cursor:
            await cursor.execute(_LEDGER, (states_topic, partition))
            row = await cursor.fetchone()
        return None if row is None else Ledger(*row)
