"""Who may read whose progress: the decisions. What they need to know of the directory, `scopes` finds out."""

from __future__ import annotations

from dataclasses import dataclass

from playhead.http.problems import Problem
from playhead.identity import Principal
from playhead.progress.identifiers import TenantId, UserId
from playhead.wire.keys import person_key

ADMIN = "admin"
MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose progress is read. The tenant is always the reader's own: no request can name another."""

    tenant_id: TenantId
    user_id: UserId

    @property
    def key(self) -> str:
        """`tenant:user`, as in Kafka and Redis."""
        return person_key(self.tenant_id, self.user_id)


def own(principal: Principal) -> Person:
    """The principal themselves."""
    return Person(principal.tenant_id, principal.user_id)


def is_admin(principal: Principal) -> bool:
    """Whether all of the tenant is theirs to read, and its directory theirs to write."""
    return ADMIN in principal.roles


def may_manage(principal: Principal) -> bool:
    """Whether they may see others at all: the teams that they manage, or, as an administrator, everybody."""
    return bool(principal.roles & {ADMIN, MANAGER})


def require_admin(principal: Principal) -> None:
    """Let administrators pass.

    Raises:
        Problem: 403.
    """
    if not is_admin(principal):
        raise Problem(403, "Administrators only", "this is for those whose token has the role `admin`")


def require_manager(principal: Principal) -> None:
    """Let managers and administrators pass.

    Raises:
        Problem: 403. Whatever was named, it tells nothing of whether it exists.
    """
    if not may_manage(principal):
        raise Problem(403, "Managers only", "this is for those whose token has the role `manager` or `admin`")


def not_yours(field: str, what: str) -> Problem:
    """The problem of a manager who names a `what` of their own tenant that they do not manage."""
    return Problem(403, "Not yours to read", f"you do not manage this {what}", field=field)


def unknown(field: str, what: str) -> Problem:
    """The problem of naming what does not exist, or exists in another tenant: nobody can tell which."""
    return Problem(404, "Not found", f"there is no such {what}", field=field)
