"""What Continue Watching leaves out: items that the person dismissed, and archived ones. Progress stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from playhead.progress import ContentId, Instant
from query_api.access import Person
from query_api.errors import UnavailableError
from query_api.postgres import Database
from query_api.views import instant, moment

_LEFT_OUT = """
    SELECT content_id::text, dismissed_at FROM progress.dismissals
    WHERE tenant_id = %(tenant)s AND user_id = %(user)s
    UNION ALL
    SELECT content_id::text, NULL FROM progress.content_items
    WHERE tenant_id = %(tenant)s AND content_id = ANY(%(contents)s::uuid[]) AND archived
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


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Items that Continue Watching does not show to one person."""

    dismissed: Mapping[ContentId, Instant]
    """When each was dismissed."""
    archived: frozenset[ContentId]


class Dismissals:
    """Reads and writes dismissals; writing raises `UnavailableError` while PostgreSQL is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def left_out(self, person: Person, contents: Iterable[ContentId]) -> LeftOut | None:
        """What the person dismissed, and which of `contents` are archived.

        None while PostgreSQL is away: the list is then shown with both.
        """
        values = {"tenant": person.tenant_id, "user": person.user_id, "contents": list(contents)}
        try:
            rows = await self._database.fetch(person.tenant_id, _LEFT_OUT, values)
        except UnavailableError:
            return None
        return LeftOut(
            {ContentId(content): instant(at) for content, at in rows if at is not None},
            frozenset(ContentId(content) for content, at in rows if at is None),
        )

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
