"""Minting tokens for a developer's machine."""

from __future__ import annotations

import time
from collections.abc import Iterable

import jwt

from playhead.identity.errors import MintingRefusedError
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import TokenSettings


def mint_development_token(
    settings: TokenSettings,
    tenant_id: TenantId,
    user_id: UserId,
    roles: Iterable[str] = (),
    lifetime_seconds: int = 86_400,
) -> str:
    """A token that a `Verifier` with the same settings accepts.

    Raises:
        MintingRefusedError: the environment is not development, or tokens come from an issuer's keys.
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
