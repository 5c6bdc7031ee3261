"""What somebody dismissed from Continue Watching. Progress is never touched."""

from __future__ import annotations

from collections.abc import Mapping

from playhead.progress import ContentId, Instant
from query_api.access import Person
from query_api.postgres import Connection, Database
from query_api.views import instant, moment

_ALL = """
    SELECT content_id::text, dismissed_at FROM progress.dismissals WHERE tenant_id = %s AND user_id = %s
"""
_DISMISS = """
    INSERT INTO progress.dismissals (tenant_id, user_id, content_id, dismissed_at)
    VALUES (%s, %s, %s, greatest(date_trunc('milliseconds', now()), %s))
    ON CONFLICT (user_id, content_id, tenant_id) DO UPDATE SET dismissed_at = excluded.dismissed_at
    RETURNING dismissed_at
"""
_RESTORE = "DELETE FROM progress.dismissals WHERE tenant_id = %s AND user_id = %s AND content_id = %s"


class Dismissals:
    """Reads and keeps dismissals; raises `UnavailableError` when Postgres is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, person: Person) -> Mapping[ContentId, Instant]:
        """When each item was dismissed."""

        async def ask(connection: Connection) -> Mapping[ContentId, Instant]:
            cursor = await connection.execute(_ALL, [person.tenant_id, person.user_id])
            return {ContentId(content): instant(at) for content, at in await cursor.fetchall()}

        return await self._database.within(person.tenant_id, ask)

    async def dismiss(self, person: Person, content: ContentId, last_played_at: Instant) -> Instant:
        """Dismiss an item; when, which is now, or when a player's clock that runs ahead last played it."""
        values = [person.tenant_id, person.user_id, content, moment(last_played_at)]

        async def ask(connection: Connection) -> Instant:
            row = await (await connection.execute(_DISMISS, values)).fetchone()
            if row is None:
                raise LookupError("INSERT … RETURNING returned nothing")
            return instant(row[0])

        return await self._database.within(person.tenant_id, ask)

    async def restore(self, person: Person, content: ContentId) -> None:
        """Take a dismissal back; one that is not there is taken back already."""

        async def ask(connection: Connection) -> None:
            await connection.execute(_RESTORE, [person.tenant_id, person.user_id, content])

        await self._database.within(person.tenant_id, ask)
