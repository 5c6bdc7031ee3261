"""Tokens for a login to Amazon MSK by IAM, signed with the credentials that Amazon's libraries find.

A signature is made here, without a request; only the credentials, of a role for example, are fetched, and
kept until shortly before they expire. Needs the extra `msk`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from playhead.kafka.oauth import LoginToken, TokenSource, TokenUnavailableError

_MEANING = "PLAYHEAD_KAFKA_SASL_MECHANISM is AWS_MSK_IAM, and the credentials of Amazon"


def iam_tokens(region: str) -> TokenSource:
    """A source that signs a new token each time, which is valid for a quarter of an hour."""
    # Amazon's libraries are large, and only this login needs them.
    from aws_msk_iam_sasl_signer import MSKAuthTokenProvider  # noqa: PLC0415
    from botocore.credentials import CredentialProvider  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    class Found(CredentialProvider):  # type: ignore[misc]  # botocore has no types
        """Gives the signer key, secret and session token of one moment."""

        def load(self) -> Any:
            return _credentials().get_frozen_credentials()

    def sign() -> LoginToken:
        try:
            found = MSKAuthTokenProvider.generate_auth_token_from_credentials_provider(region, Found())
        except (BotoCoreError, ValueError) as error:
            raise TokenUnavailableError(f"{_MEANING} cannot be used: {error}") from error
        value, expires_at_ms = found
        return LoginToken(value, expires_at_ms / 1000)

    return sign


@cache
def _credentials() -> Any:
    """Those of this process, which refresh themselves; an exception is not kept.

    Raises:
        TokenUnavailableError: there are none.
    """
    from botocore.session import Session  # noqa: PLC0415 - as above

    found = Session().get_credentials()
    if found is None:
        raise TokenUnavailableError(
            f"{_MEANING} are not found: neither a role of the pod or the machine, nor AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY"
        )
    return found
