"""Reads a team's members, and the report of their progress."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from playhead.progress.identifiers import TenantId, UserId
from query_api.errors import InvalidRequestError
from query_api.postgres import Database
from query_api.reports.cells import Shown, shown_row
from query_api.reports.query import every_row
from query_api.reports.teams import MEMBERS as REPORT

MAX_MEMBERS = 5_000
"""The largest team that can be followed live."""
AT_ONCE = 2
"""Teams read at once. When Redis returns, all streams ask at one moment, and other requests need PostgreSQL
too."""
ROWS_AT_ONCE = 50
"""Rows converted before other tasks of the event loop run: about 1 ms."""

_MEMBERS = """
    SELECT user_id::text FROM progress.team_members
    WHERE tenant_id = %s AND team_id = %s AND role = 'member' LIMIT %s
"""


class TeamMembers:
    """Reads members; raises `UnavailableError` when PostgreSQL does not respond."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def of(self, tenant: TenantId, team: UUID) -> list[UserId]:
        """Return the members of a team.

        Raises:
            InvalidRequestError: the team is too large.
        """
        async with self._at_once:
            members = await self._database.fetch(tenant, _MEMBERS, [tenant, team, MAX_MEMBERS + 1])
        if len(members) > MAX_MEMBERS:
            raise InvalidRequestError(
                "teamId",
                f"a team can be followed live up to {MAX_MEMBERS:,} members, and this one has more",
                "Team too large",
            )
        return [user for (user,) in members]

    async def report(self, tenant: TenantId, team: UUID, rule: Mapping[str, Any]) -> list[dict[str, Shown]]:
        """Return all rows of the team's report; `rule` decides who needs support."""
        query, values = every_row(REPORT.request({**rule, "tenant": tenant, "team": team}))
        rows: list[dict[str, Shown]] = []
        async with self._at_once:
            for found in await self._database.fetch(tenant, query, values):
                rows.append(shown_row(REPORT, found))
                if len(rows) % ROWS_AT_ONCE == 0:
                    await asyncio.sleep(0)  # lets other tasks run
        return rows
