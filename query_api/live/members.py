"""A team's members: who they are, and the report of how far they have got."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from playhead.progress.identifiers import TenantId, UserId
from query_api.errors import InvalidRequestError
from query_api.postgres import Connection, Database
from query_api.reports.cells import Shown, shown_row
from query_api.reports.query import every_row
from query_api.reports.teams import MEMBERS as REPORT

MEMBERS = 5_000
"""Of a team, at most, for it to be followed live."""
AT_ONCE = 2
"""Teams read at once: when Redis returns, all streams ask in one moment, and others want Postgres too."""
ROWS_AT_ONCE = 50
"""Put together before others get a turn of the event loop: about 1 ms."""

_MEMBERS = """
    SELECT user_id::text FROM progress.team_members
    WHERE tenant_id = %s AND team_id = %s AND role = 'member' LIMIT %s
"""


class Members:
    """Reads members; raises `UnavailableError` when Postgres is away."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def of(self, tenant: TenantId, team: UUID) -> list[UserId]:
        """The members of a team.

        Raises:
            InvalidRequestError: They are too many.
        """

        async def ask(connection: Connection) -> list[tuple[UserId]]:
            found = await connection.execute(_MEMBERS.encode(), [tenant, team, MEMBERS + 1])
            return await found.fetchall()

        async with self._at_once:
            members = await self._database.within(tenant, ask)
        if len(members) > MEMBERS:
            raise InvalidRequestError(
                "teamId",
                f"a team can be followed live up to {MEMBERS:,} members, and this one has more",
                "Team too large",
            )
        return [user for (user,) in members]

    async def report(self, tenant: TenantId, team: UUID, rule: Mapping[str, Any]) -> list[dict[str, Shown]]:
        """The rows of the team's report, all of them; `rule` says who needs support."""
        query, values = every_row(REPORT.request({**rule, "tenant": tenant, "team": team}))

        async def ask(connection: Connection) -> list[tuple[Any, ...]]:
            return await (await connection.execute(query.encode(), values)).fetchall()

        rows: list[dict[str, Shown]] = []
        async with self._at_once:
            for found in await self._database.within(tenant, ask):
                rows.append(shown_row(REPORT, found))
                if len(rows) % ROWS_AT_ONCE == 0:
                    await asyncio.sleep(0)  # gives others their turn
        return rows
