"""A team's members, as its live streams show them."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from playhead.progress.identifiers import TenantId
from playhead.services.problems import Problem
from query_api.instants import rfc3339
from query_api.models import TeamMember
from query_api.postgres import Connection, Database
from query_api.views import seconds

MEMBERS = 5_000
"""Of a team, at most, for it to be followed live."""
AT_ONCE = 2
"""Teams read at once: when Redis returns, all streams ask in one moment, and others want Postgres too."""

_MEMBERS = """
    SELECT
        m.user_id::text, p.display_name, coalesce(s.total_items, 0), coalesce(s.completed_items, 0),
        coalesce(s.in_progress_items, 0),
        coalesce(round(s.percentage_sum::numeric / nullif(s.total_items, 0), 2)::float8, 0),
        coalesce(s.wall_ms, 0), s.last_viewed_at
    FROM progress.team_members AS m
    JOIN progress.people AS p USING (tenant_id, user_id)
    LEFT JOIN progress.user_summary AS s USING (tenant_id, user_id)
    WHERE m.tenant_id = %s AND m.team_id = %s AND m.role = 'member'
    ORDER BY p.display_name, m.user_id
    LIMIT %s
"""


class Members:
    """Reads members with their figures; raises `UnavailableError` when Postgres is away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def of(self, tenant: TenantId, team: UUID) -> list[TeamMember]:
        """The members of a team, by name.

        Raises:
            Problem: 422, they are too many.
        """

        async def ask(connection: Connection) -> list[tuple[Any, ...]]:
            return await (await connection.execute(_MEMBERS.encode(), [tenant, team, MEMBERS + 1])).fetchall()

        async with self._at_once:
            found = await self._database.within(tenant, ask)
        if len(found) > MEMBERS:
            raise Problem(
                422,
                "Team too large",
                f"a team can be followed live up to {MEMBERS:,} members, and this one has more",
                field="teamId",
            )
        return [_member(row) for row in found]


def _member(row: tuple[Any, ...]) -> TeamMember:
    user, name, total, completed, in_progress, average, wall_ms, last_viewed = row
    return TeamMember(
        user_id=user,
        display_name=name,
        total_items=total,
        completed_items=completed,
        in_progress_items=in_progress,
        avg_progress=average,
        watch_time_seconds=seconds(wall_ms),
        last_activity=None if last_viewed is None else rfc3339(last_viewed),
    )
