"""What the roles of a token permit. What depends on the directory, `scopes` decides."""

from __future__ import annotations

from dataclasses import dataclass

from playhead.identity import Principal
from playhead.identity.scopes import ADMIN, MANAGER, is_admin, may_manage
from playhead.progress.identifiers import TenantId, UserId
from playhead.wire.keys import person_key
from query_api.errors import ForbiddenError, InvalidRequestError

__all__ = ["ADMIN", "MANAGER", "Person", "is_admin", "may_manage", "own", "require_admin", "require_manager"]


@dataclass(frozen=True, slots=True)
class Person:
    """A person whose progress is read, always of the reader's own tenant: no request can name another."""

    tenant_id: TenantId
    user_id: UserId

    @property
    def key(self) -> str:
        """`tenant:user`, as in Kafka and Redis."""
        return person_key(self.tenant_id, self.user_id)


def own(principal: Principal) -> Person:
    """The principal as the person whose progress is read.

    Raises:
        InvalidRequestError: the principal is a server with an API key, and no person.
    """
    if principal.key_id is not None:
        raise InvalidRequestError("userId", "name the person: an API key is none")
    return Person(principal.tenant_id, principal.user_id)


def require_admin(principal: Principal) -> None:
    """Permit administrators only.

    Raises:
        ForbiddenError: The principal is none.
    """
    if not is_admin(principal):
        raise ForbiddenError("Administrators only", "this is for those whose token has the role `admin`")


def require_manager(principal: Principal) -> None:
    """Permit managers and administrators only.

    Raises:
        ForbiddenError: The principal is neither; it does not reveal whether what was named exists.
    """
    if not may_manage(principal):
        detail = "this is for those whose token has the role `manager` or `admin`"
        raise ForbiddenError("Managers only", detail)
