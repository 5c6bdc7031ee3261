"""Items that a person dismissed from Continue Watching. Progress is never touched."""

from __future__ import annotations

from collections.abc import Mapping

from playhead.progress import ContentId, Instant
from query_api.access import Person
from query_api.errors import UnavailableError
from query_api.postgres import Database
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
_RESTORE = """
    DELETE FROM progress.dismissals WHERE tenant_id = %s AND user_id = %s AND content_id = %s
    RETURNING content_id
"""


class Dismissals:
    """Reads and writes dismissals; writing raises `UnavailableError` while PostgreSQL is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, person: Person) -> Mapping[ContentId, Instant] | None:
        """When each item was dismissed; None while PostgreSQL is away: the list is shown without."""
        try:
            rows = await self._database.fetch(person.tenant_id, _ALL, [person.tenant_id, person.user_id])
        except UnavailableError:
            return None
        return {ContentId(content): instant(at) for content, at in rows}

    async def dismiss(self, person: Person, content: ContentId, last_played_at: Instant) -> Instant:
        """Dismiss an item.

        Returns:
            The time of the dismissal: now, or `last_played_at` where the player's clock is ahead.
        """
        values = [person.tenant_id, person.user_id, content, moment(last_played_at)]
        (dismissed_at,) = await self._database.fetch_only(person.tenant_id, _DISMISS, values)
        return instant(dismissed_at)

    async def restore(self, person: Person, content: ContentId) -> None:
        """Take a dismissal back, if there is one."""
        await self._database.fetch(person.tenant_id, _RESTORE, [person.tenant_id, person.user_id, content])
