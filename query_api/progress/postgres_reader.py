"""Progress from PostgreSQL: the same encoded states as in Redis, so the same answers."""

from __future__ import annotations

from collections.abc import Mapping

from playhead.progress import NOTHING, ContentId, Progress
from playhead.wire.progress import decode_progress
from query_api.access import Person
from query_api.postgres import Database
from query_api.progress.reader import decoded

_ITEM = """
    SELECT state FROM progress.user_progress
    WHERE tenant_id = %s AND user_id = %s AND content_id = %s AND source_offset >= 0
"""
_ITEMS = """
    SELECT content_id::text, state FROM progress.user_progress
    WHERE tenant_id = %s AND user_id = %s AND source_offset >= 0
"""


class PostgresReader:
    """Reads the rows that the sink writes: seconds behind Redis, and always complete.

    Rows of courses of which nothing was sent itself have no state; they are derived from the parts.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def item(self, person: Person, content: ContentId) -> Progress:
        """See `ProgressReader`."""
        tenant = person.tenant_id
        row = await self._database.fetch_first(tenant, _ITEM, [tenant, person.user_id, content])
        return NOTHING if row is None else decode_progress(row[0].encode())

    async def items(self, person: Person) -> Mapping[ContentId, Progress]:
        """See `ProgressReader`."""
        tenant = person.tenant_id
        rows = await self._database.fetch(tenant, _ITEMS, [tenant, person.user_id])
        return await decoded((ContentId(content), state.encode()) for content, state in rows)
