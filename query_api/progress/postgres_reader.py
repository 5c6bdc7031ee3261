"""Progress from PostgreSQL: the same encoded states as in Redis, so the same answers."""

from __future__ import annotations

from collections.abc import Mapping

from playhead.progress import NOTHING, ContentId, Progress
from query_api.access import Person
from query_api.postgres import Database
from query_api.progress.reader import decoded, whole_of

_ITEM = """
    SELECT p.state, o.state
    FROM progress.user_progress AS p
    LEFT JOIN progress.older_sessions AS o USING (user_id, content_id, tenant_id)
    WHERE p.tenant_id = %s AND p.user_id = %s AND p.content_id = %s AND p.source_offset >= 0
"""
_ITEMS = """
    SELECT content_id::text, p.state, o.state
    FROM progress.user_progress AS p
    LEFT JOIN progress.older_sessions AS o USING (user_id, content_id, tenant_id)
    WHERE p.tenant_id = %s AND p.user_id = %s AND p.source_offset >= 0
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
        return NOTHING if row is None else whole_of(*(part and part.encode() for part in row))

    async def items(self, person: Person) -> Mapping[ContentId, Progress]:
        """See `ProgressReader`."""
        tenant = person.tenant_id
        rows = await self._database.fetch(tenant, _ITEMS, [tenant, person.user_id])
        return await decoded(
            (ContentId(content), state.encode(), older and older.encode()) for content, state, older in rows
        )
