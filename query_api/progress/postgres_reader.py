"""Progress from Postgres: the same encoded states as in Redis, so the same answers."""

from __future__ import annotations

from collections.abc import Mapping

from playhead.progress import NOTHING, ContentId, Progress
from playhead.wire.codec import decode_progress
from query_api.access import Person
from query_api.postgres import Connection, Database
from query_api.progress.reader import decoded

_ITEM = """
    SELECT state FROM progress.user_progress
    WHERE tenant_id = %s AND user_id = %s AND content_id = %s
"""
_ITEMS = """
    SELECT content_id::text, state FROM progress.user_progress
    WHERE tenant_id = %s AND user_id = %s
"""


class PostgresReader:
    """Reads the rows that the sink keeps; seconds behind Redis, and always whole."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def item(self, person: Person, content: ContentId) -> Progress:
        """See `ProgressReader`."""

        async def ask(connection: Connection) -> Progress:
            cursor = await connection.execute(_ITEM, [person.tenant_id, person.user_id, content])
            row = await cursor.fetchone()
            return NOTHING if row is None else decode_progress(row[0].encode())

        return await self._database.within(person.tenant_id, ask)

    async def items(self, person: Person) -> Mapping[ContentId, Progress]:
        """See `ProgressReader`."""

        async def ask(connection: Connection) -> Mapping[ContentId, Progress]:
            cursor = await connection.execute(_ITEMS, [person.tenant_id, person.user_id])
            return await decoded((ContentId(row[0]), row[1].encode()) for row in await cursor.fetchall())

        return await self._database.within(person.tenant_id, ask)
