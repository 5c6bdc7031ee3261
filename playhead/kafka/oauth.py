"""Tokens for a login by OAUTHBEARER, issued for client credentials (RFC 6749, 4.4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx

FETCH_SECONDS = 10.0


class TokenUnavailableError(OSError):
    """The issuer gives no token; trying again may help."""


@dataclass(frozen=True, slots=True)
class LoginToken:
    """A token, and when it expires in seconds since 1970; None where its issuer does not say."""

    value: str
    expires_at: float | None = None


TokenSource = Callable[[], LoginToken]
"""Fetches a token; blocks, and raises `TokenUnavailableError`."""


def client_credentials(url: str, client_id: str, secret: Callable[[], str], scope: str | None) -> TokenSource:
    """A source that asks the issuer at `url` for a new token each time."""
    form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})

    def fetch() -> LoginToken:
        try:
            answer = httpx.post(url, data=form, auth=(client_id, secret()), timeout=FETCH_SECONDS)
            answer.raise_for_status()
            return LoginToken(str(answer.json()["access_token"]))
        except (httpx.HTTPError, ValueError, KeyError) as error:
            raise TokenUnavailableError(
                f"no token from PLAYHEAD_KAFKA_OAUTH_TOKEN_URL for PLAYHEAD_KAFKA_OAUTH_CLIENT_ID: {error}"
            ) from error

    return fetch
