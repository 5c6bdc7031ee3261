"""The principal: the user on whose behalf a request is made."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import jwt

from playhead.identity.api_keys import KeyId
from playhead.identity.claims import ClaimNames
from playhead.identity.errors import MintingRefusedError
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
    def of(cls, names: ClaimNames, claims: Mapping[str, Any], until: float) -> Self:
        """The principal of a verified token's claims, valid until `until`.

        Raises:
            InvalidTokenError: a claim is missing or malformed.
        """
        tenant = names.tenant_of(claims)
        return cls(tenant, names.user_of(claims, tenant), names.roles_of(claims), until)


def mint_development_token(
    settings: TokenSettings,
    tenant_id: TenantId,
    user_id: UserId,
    roles: Iterable[str] = (),
    lifetime_seconds: int = 86_400,
) -> str:
    """A token for development that a `Verifier` with the same settings accepts.

    Raises:
        MintingRefusedError: the environment is not development, tokens are signed by an issuer, or the
            settings of claims permit no such token.
    """
    if settings.environment != "development" or "HS256" not in settings.token_algorithms:
        raise MintingRefusedError("tokens are minted only in development, with HS256 and a shared secret")
    now = int(time.time())
    claims = {
        "iss": settings.token_issuer,
        "aud": settings.token_audience,
        "iat": now,
        "exp": now + lifetime_seconds,
        **ClaimNames.of(settings).claims_of(tenant_id, user_id, roles),
    }
    return jwt.encode(claims, settings.token_secret.get_secret_value(), algorithm="HS256")
