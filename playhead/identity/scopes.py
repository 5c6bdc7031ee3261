"""Whom a principal may act for: the roles of a token, and the directory's question. No I/O."""

from __future__ import annotations

from playhead.identity.api_keys import ApiCaller, KeyScope
from playhead.identity.principal import Principal

ADMIN = "admin"
MANAGER = "manager"

MANAGED = """
    SELECT theirs.user_id
    FROM progress.team_members AS mine
    JOIN progress.team_members AS theirs USING (tenant_id, team_id)
    WHERE mine.tenant_id = %(tenant)s::uuid AND mine.user_id = %(manager)s::uuid AND mine.role = 'manager'
        AND theirs.role = 'member'
"""
"""The members of the teams that `manager` manages."""

SUBJECT = """
    SELECT
        EXISTS (SELECT FROM progress.people WHERE tenant_id = %(tenant)s AND user_id = %(subject)s)
        OR EXISTS (SELECT FROM progress.user_summary WHERE tenant_id = %(tenant)s AND user_id = %(subject)s),
        %(subject)s::uuid IN (MANAGED)
""".replace("MANAGED", MANAGED)
"""Whether the tenant has the person `subject`, and whether `manager` manages them."""


def server(caller: ApiCaller, needed: KeyScope) -> Principal:
    """The principal of a server, which may do what an administrator may, as far as its key's scopes go.

    Raises:
        ScopeTooSmallError: the key lacks the scope.
    """
    caller.require(needed)
    return Principal(caller.tenant_id, caller.actor_id, frozenset({ADMIN}), key_id=caller.key_id)


def is_admin(principal: Principal) -> bool:
    """Whether the principal may act for all people of the tenant."""
    return ADMIN in principal.roles


def may_manage(principal: Principal) -> bool:
    """Whether the principal may act for others: an administrator for all, a manager for their teams."""
    return bool(principal.roles & {ADMIN, MANAGER})
