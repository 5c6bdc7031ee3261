"""The principal: who a request speaks for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
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
    until: float = field(default=math.inf, compare=False)
    """When the token ends, leeway included: Unix time in seconds."""

    @classmethod
    def of(cls, claims: Mapping[str, Any], until: float) -> Self:
        """From a verified token's claims, which hold until then.

        Raises:
            InvalidTokenError: a claim is missing or of another shape.
        """
        return cls(
            TenantId(_uuid(claims, "tenant")),
            UserId(_uuid(claims, "sub")),
            _names(claims.get("roles", [])),
            until,
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
