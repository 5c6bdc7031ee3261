"""Tokens for a login by OAUTHBEARER, issued for client credentials (RFC 6749, 4.4)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

FETCH_SECONDS = 10.0
_DEFAULT_LIFETIME_SECONDS = 300.0
"""Of a token whose issuer does not say."""


class TokenUnavailableError(OSError):
    """The issuer gives no token; trying again may help."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token, and when it expires."""

    value: str
    expires_at: float
    """Unix time in seconds."""


TokenSource = Callable[[], AccessToken]
"""Fetches a token; blocks, and raises `TokenUnavailableError`."""


def client_credentials(url: str, client_id: str, secret: str, scope: str | None) -> TokenSource:
    """A source that asks the issuer at `url` for a new token each time; clients keep it until it expires."""
    form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})

    def fetch() -> AccessToken:
        try:
            answer = httpx.post(url, data=form, auth=(client_id, secret), timeout=FETCH_SECONDS)
            answer.raise_for_status()
            found = answer.json()
            lifetime = float(found.get("expires_in", _DEFAULT_LIFETIME_SECONDS))
            return AccessToken(str(found["access_token"]), time.time() + lifetime)
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise TokenUnavailableError(
                f"no token from PLAYHEAD_KAFKA_OAUTH_TOKEN_URL for PLAYHEAD_KAFKA_OAUTH_CLIENT_ID: {error}"
            ) from error

    return fetch
