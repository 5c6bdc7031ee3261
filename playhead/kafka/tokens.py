"""Tokens for a login by OAUTHBEARER: of an issuer for client credentials (RFC 6749, 4.4), or of MSK by IAM.

Those of Amazon MSK are signed here, without a request, with the credentials that its libraries find; only
these, of a role for example, are fetched, and kept until shortly before they expire. Needs the extra `msk`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

FETCH_SECONDS = 10.0
_IAM = "PLAYHEAD_KAFKA_SASL_MECHANISM is AWS_MSK_IAM, and the credentials of Amazon"


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


def iam_tokens(region: str) -> TokenSource:
    """A source that signs a new token each time, which is valid for a quarter of an hour."""
    from aws_msk_iam_sasl_signer import MSKAuthTokenProvider
    from botocore.credentials import CredentialProvider
    from botocore.exceptions import BotoCoreError

    class Found(CredentialProvider):  # type: ignore[misc]  # botocore has no types
        """Gives the signer key, secret and session token of one moment."""

        def load(self) -> Any:
            return _credentials().get_frozen_credentials()

    def sign() -> LoginToken:
        try:
            found = MSKAuthTokenProvider.generate_auth_token_from_credentials_provider(region, Found())
        except (BotoCoreError, ValueError) as error:
            raise TokenUnavailableError(f"{_IAM} cannot be used: {error}") from error
        value, expires_at_ms = found
        return LoginToken(value, expires_at_ms / 1000)

    return sign


@cache
def _credentials() -> Any:
    """Those of this process, which refresh themselves; an exception is not kept.

    Raises:
        TokenUnavailableError: there are none.
    """
    from botocore.session import Session

    found = Session().get_credentials()
    if found is None:
        raise TokenUnavailableError(
            f"{_IAM} are not found: neither a role of the pod or the machine, nor AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY"
        )
    return found
