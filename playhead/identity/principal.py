"""The principal: who a request speaks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from playhead.identity.errors import InvalidTokenError
from playhead.progress.identifiers import TenantId, UserId


@dataclass(frozen=True, slots=True)
class Principal:
    """A user of a tenant, and the roles that the issuer gave them. Both ids are canonical UUIDs."""

    tenant_id: TenantId
    user_id: UserId
    roles: frozenset[str] = frozenset()

    @classmethod
    def of(cls, claims: Mapping[str, Any]) -> Self:
        """From a verified token's claims.

        Raises:
            InvalidTokenError: a claim is missing or of another shape.
        """
        return cls(
            TenantId(_uuid(claims, "tenant")),
            UserId(_uuid(claims, "sub")),
            _names(claims.get("roles", [])),
        )


def _uuid(claims: Mapping[str, Any], name: str) -> str:
    try:
        return str(UUID(claims[name]))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise InvalidTokenError(f"the token's {name} is not a UUID") from error


def _names(roles: object) -> frozenset[str]:
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise InvalidTokenError("the token's roles are not a list of names")
    return frozenset(roles)
