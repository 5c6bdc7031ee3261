"""The principal: the user on whose behalf a request is made."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

import jwt

from playhead.identity.api_keys import KeyId
from playhead.identity.errors import InvalidTokenError, MintingRefusedError
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import TokenSettings


@dataclass(frozen=True, slots=True)
class Principal:
    """A user of a tenant with the roles assigned by the issuer. Both ids are canonical UUIDs."""

    tenant_id: TenantId
    user_id: UserId
    roles: frozenset[str] = frozenset()
    until: float = field(default=math.inf, compare=False)
    """When the token expires, including leeway: Unix time in seconds."""
    key_id: KeyId | None = None
    """The API key by which a server acts; `user_id` then names no person, or the one for whom it acts."""

    @classmethod
    def of(cls, claims: Mapping[str, Any], until: float) -> Self:
        """The principal of a verified token's claims, valid until `until`.

        Raises:
            InvalidTokenError: a claim is missing or malformed.
        """
        return cls(
            TenantId(_uuid(claims, "tenant")),
            UserId(_uuid(claims, "sub")),
            _names(claims.get("roles", [])),
            until,
        )


def mint_development_token(
    settings: TokenSettings,
    tenant_id: TenantId,
    user_id: UserId,
    roles: Iterable[str] = (),
    lifetime_seconds: int = 86_400,
) -> str:
    """A token for development that a `Verifier` with the same settings accepts.

    Raises:
        MintingRefusedError: the environment is not development, or tokens are signed by an issuer.
    """
    if settings.environment != "development" or "HS256" not in settings.token_algorithms:
        raise MintingRefusedError("tokens are minted only in development, with HS256 and a shared secret")
    now = int(time.time())
    claims = {
        "iss": settings.token_issuer,
        "aud": settings.token_audience,
        "iat": now,
        "exp": now + lifetime_seconds,
        "sub": user_id,
        "tenant": tenant_id,
        "roles": sorted(roles),
    }
    return jwt.encode(claims, settings.token_secret.get_secret_value(), algorithm="HS256")


def _uuid(claims: Mapping[str, Any], name: str) -> str:
    try:
        return str(UUID(claims[name]))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise InvalidTokenError(f"the token's {name} is not a UUID") from error


def _names(roles: object) -> frozenset[str]:
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise InvalidTokenError("the token's roles are not a list of names")
    return frozenset(roles)
