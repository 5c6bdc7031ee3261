"""What a principal's roles reach, as the directory has it: the one place that lets somebody read another."""

from __future__ import annotations

from uuid import UUID

from playhead.http.problems import Problem
from playhead.identity import Principal
from playhead.progress.identifiers import UserId
from query_api.access import Person, is_admin, may_manage, not_yours, own, require_manager, unknown
from query_api.postgres import Connection, Database

MANAGED = """
    SELECT theirs.user_id
    FROM progress.team_members AS mine
    JOIN progress.team_members AS theirs USING (tenant_id, team_id)
    WHERE mine.tenant_id = %(tenant)s::uuid AND mine.user_id = %(manager)s::uuid AND mine.role = 'manager'
        AND theirs.role = 'member'
"""
"""The members of the teams that `manager` manages: whom they may read, whichever report asks."""

_PERSON = f"""
    SELECT
        EXISTS (SELECT FROM progress.people WHERE tenant_id = %(tenant)s AND user_id = %(subject)s)
        OR EXISTS (SELECT FROM progress.user_summary WHERE tenant_id = %(tenant)s AND user_id = %(subject)s),
        %(subject)s::uuid IN ({MANAGED})
"""
_TEAM = """
    SELECT EXISTS (
        SELECT FROM progress.team_members AS m
        WHERE m.tenant_id = t.tenant_id AND m.team_id = t.team_id
            AND m.user_id = %(reader)s AND m.role = 'manager'
    )
    FROM progress.teams AS t WHERE t.tenant_id = %(tenant)s AND t.team_id = %(team)s
"""


class Scopes:
    """Decides by the directory; raises `UnavailableError` when Postgres is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def person(self, principal: Principal, subject: UserId | None, field: str = "userId") -> Person:
        """The person that the principal asked for, themselves where they named nobody.

        Raises:
            Problem: 403, they may not; 404, there is nobody of that name.
        """
        if subject is None or subject == principal.user_id:
            return own(principal)
        if not may_manage(principal):
            raise Problem(
                403,
                "Not yours to read",
                f"a learner's progress is shown to that learner; leave {field} out to read your own",
                field=field,
            )
        exists, managed = await self._ask_person(principal, subject)
        if not exists:
            raise unknown(field, "person")
        if not (is_admin(principal) or managed):
            raise not_yours(field, "person")
        return Person(principal.tenant_id, subject)

    async def team(self, principal: Principal, team: UUID, field: str = "teamId") -> None:
        """Let pass who may read the team.

        Raises:
            Problem: 403, they may not; 404, there is no such team.
        """
        require_manager(principal)
        values = {"tenant": principal.tenant_id, "reader": principal.user_id, "team": team}

        async def ask(connection: Connection) -> tuple[bool] | None:
            return await (await connection.execute(_TEAM.encode(), values)).fetchone()

        found = await self._database.within(principal.tenant_id, ask)
        if found is None:
            raise unknown(field, "team")
        if not (is_admin(principal) or found[0]):
            raise not_yours(field, "team")

    async def _ask_person(self, principal: Principal, subject: UserId) -> tuple[bool, bool]:
        values = {"tenant": principal.tenant_id, "manager": principal.user_id, "subject": subject}

        async def ask(connection: Connection) -> tuple[bool, bool]:
            row = await (await connection.execute(_PERSON.encode(), values)).fetchone()
            if row is None:
                raise LookupError("SELECT of two expressions returned nothing")
            return bool(row[0]), bool(row[1])

        return await self._database.within(principal.tenant_id, ask)
