"""Tries the identity provider: whether its keys can be fetched, and are of the accepted algorithms."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from operations.local.checks import Check
from playhead.identity.key_set import KeySetError, fetch_key_set
from playhead.settings import TokenSettings


def issuer_checks(settings: TokenSettings) -> Iterator[Check]:
    """Check the keys, where tokens are verified by published ones."""
    if settings.token_jwks_url is None or "HS256" in settings.token_algorithms:
        detail = "by PLAYHEAD_TOKEN_SECRET: no issuer is asked"
        if settings.uses_development_secret:
            detail = "by the published development secret: for a developer's machine only"
        yield Check("tokens", ok=True, detail=detail)
        return
    accepted = ", ".join(settings.token_algorithms)
    try:
        keys = asyncio.run(fetch_key_set(settings.token_jwks_url, frozenset(settings.token_algorithms)))
    except KeySetError as error:
        detail = f"the issuer's keys cannot be fetched (PLAYHEAD_TOKEN_JWKS_URL): {error}"
        yield Check("tokens", ok=False, detail=detail)
        return
    if not keys:
        detail = f"the issuer publishes no key for {accepted} (PLAYHEAD_TOKEN_ALGORITHMS)"
        yield Check("tokens", ok=False, detail=detail)
        return
    yield Check("tokens", ok=True, detail=f"the issuer publishes {len(keys)} keys for {accepted}")
