"""What every caller may read: their own entry, and items."""

from __future__ import annotations

from uuid import UUID

from playhead.identity import Principal
from playhead.policies.course_text import decode_course
from playhead.progress.figures.course import UNIT_WEIGHT, Course
from playhead.progress.identifiers import TenantId
from query_api.directory.answers import CatalogueItem, CoursePartShown, Me, OwnTeam
from query_api.postgres import Connection, Database

_NAME = "SELECT display_name FROM progress.people WHERE tenant_id = %(tenant)s AND user_id = %(user)s"
_TEAMS = """
    SELECT t.team_id::text, t.name, m.role
    FROM progress.team_members AS m
    JOIN progress.teams AS t ON t.tenant_id = m.tenant_id AND t.team_id = m.team_id
    WHERE m.tenant_id = %(tenant)s AND m.user_id = %(user)s
    ORDER BY t.name_key, t.team_id
"""
_ITEM = """
    SELECT content_id::text, title, type, duration_ms, thumbnail_url, media_url, archived, c.definition
    FROM progress.content_items AS i LEFT JOIN progress.courses AS c USING (tenant_id, content_id)
    WHERE tenant_id = %(tenant)s AND content_id = %(content)s
"""


async def me(database: Database, who: Principal) -> Me:
    """Read the caller's own entry; raises `UnavailableError` if PostgreSQL does not answer."""
    values = {"tenant": who.tenant_id, "user": who.user_id}

    async def ask(connection: Connection) -> Me:
        name = await (await connection.execute(_NAME.encode(), values)).fetchone()
        teams = await (await connection.execute(_TEAMS.encode(), values)).fetchall()
        return Me(
            user_id=who.user_id,
            tenant_id=who.tenant_id,
            display_name=None if name is None else name[0],
            roles=sorted(who.roles),
            teams=[OwnTeam(team_id=team, name=called, role=role) for team, called, role in teams],
        )

    return await database.within(who.tenant_id, ask)


async def item(database: Database, tenant: TenantId, content: UUID) -> CatalogueItem | None:
    """Read an item, archived or not; None if there is none. Raises `UnavailableError` likewise."""
    values = {"tenant": tenant, "content": content}
    row = await database.fetch_first(tenant, _ITEM, values)
    if row is None:
        return None
    found, title, kind, duration_ms, thumbnail_url, media_url, archived, definition = row
    return CatalogueItem(
        content_id=found,
        title=title,
        type=kind,
        duration_seconds=None if duration_ms is None else duration_ms / 1000,
        thumbnail_url=thumbnail_url,
        media_url=media_url,
        archived=archived,
        parts=[] if definition is None else _parts(decode_course(definition)),
    )


def _parts(course: Course) -> list[CoursePartShown]:
    return [
        CoursePartShown(content_id=part.content_id, weight=part.weight / UNIT_WEIGHT, optional=part.optional)
        for part in course.parts
    ]
