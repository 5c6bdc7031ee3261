"""What a principal's roles reach, by the directory: the only place that permits reading another person."""

from __future__ import annotations

from uuid import UUID

from playhead.identity import Principal
from playhead.identity.aliases import Aliases
from playhead.identity.scopes import MANAGED, SUBJECT, is_admin, may_manage
from playhead.progress.identifiers import UserId
from query_api.access.roles import Person, own, require_manager
from query_api.errors import ForbiddenError, NotFoundError
from query_api.postgres import Database

_TEAM = """
    SELECT EXISTS (
        SELECT FROM progress.team_members AS m
        WHERE m.tenant_id = t.tenant_id AND m.team_id = t.team_id
            AND m.user_id = %(reader)s AND m.role = 'manager'
    )
    FROM progress.teams AS t WHERE t.tenant_id = %(tenant)s AND t.team_id = %(team)s
"""


__all__ = ["MANAGED", "Scopes", "not_found"]


class Scopes:
    """Decides by the directory; raises `UnavailableError` while PostgreSQL is away."""

    def __init__(self, database: Database, aliases: Aliases | None = None) -> None:
        self._database = database
        self._aliases = aliases or Aliases()

    async def person(self, principal: Principal, subject: UserId | None, field: str = "userId") -> Person:
        """The person that the principal names; the principal where none is named.

        Of a person who was merged into another, it is the other.

        Raises:
            ForbiddenError: The principal may not read them.
            NotFoundError: There is no such person in the tenant.
        """
        if subject is not None:
            subject = self._aliases.user(principal.tenant_id, subject)
        if subject is None or subject == principal.user_id:
            return own(principal)
        if not may_manage(principal):
            detail = f"a learner's progress is shown to that learner; leave {field} out to read your own"
            raise ForbiddenError("Not yours to read", detail, field=field)
        values = {"tenant": principal.tenant_id, "manager": principal.user_id, "subject": subject}
        exists, is_managed = await self._database.fetch_only(principal.tenant_id, SUBJECT, values)
        if not exists:
            raise not_found(field, "person")
        if not (is_admin(principal) or is_managed):
            raise ForbiddenError("Not yours to read", "you do not manage this person", field=field)
        return Person(principal.tenant_id, subject)

    async def team(self, principal: Principal, team: UUID, field: str = "teamId") -> None:
        """Permit who may read the team.

        Raises:
            ForbiddenError: The principal may not.
            NotFoundError: There is no such team in the tenant.
        """
        require_manager(principal)
        values = {"tenant": principal.tenant_id, "reader": principal.user_id, "team": team}
        found = await self._database.fetch_first(principal.tenant_id, _TEAM, values)
        if found is None:
            raise not_found(field, "team")
        if not (is_admin(principal) or found[0]):
            raise ForbiddenError("Not yours to read", "you do not manage this team", field=field)


def not_found(field: str, what: str) -> NotFoundError:
    """The error of naming what does not exist or belongs to another tenant, without saying which."""
    return NotFoundError("Not found", f"there is no such {what}", field=field)
