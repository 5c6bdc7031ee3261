"""Why the sender of a request could not be identified. Messages never quote the token, and may be shown.

IdentityError
├── MissingTokenError      401: no bearer token was sent
├── InvalidTokenError      401: the token is of another issuer or audience, or lacks a claim
├── TooManyFailuresError   429: too many requests of this address could not be identified
├── ExpiredTokenError      401: it was valid once; get another
├── UnknownCodeError       401: the code of a sign-in link was never issued, or has expired
├── UsedCodeError          410: the code of a sign-in link was exchanged before
└── KeysUnavailableError   503: the signing keys cannot be fetched; try again later

MintingRefusedError        development tokens are not allowed in this environment
"""

from __future__ import annotations


class IdentityError(Exception):
    """The sender could not be identified."""


class MissingTokenError(IdentityError):
    """No bearer token was sent."""


class InvalidTokenError(IdentityError):
    """The token is invalid at any time."""


class TooManyFailuresError(IdentityError):
    """Too many requests of one address, including this one, could not be identified."""

    def __init__(self, wait_seconds: float) -> None:
        # A constant message, so that equal failures can be counted.
        super().__init__("too many requests of this address had no good token: send one, or wait")
        self.wait_seconds = wait_seconds


class ExpiredTokenError(IdentityError):
    """The token has expired."""


class UnknownCodeError(IdentityError):
    """The code of a sign-in link was never issued, or has expired."""

    def __init__(self) -> None:
        super().__init__("this sign-in link is not valid any more; get another")


class UsedCodeError(IdentityError):
    """The code of a sign-in link was exchanged before."""

    def __init__(self) -> None:
        super().__init__("this sign-in link was used before, and a link signs in once; get another")


class KeysUnavailableError(IdentityError):
    """No known key matches the token, and the issuer's keys cannot be fetched at the moment."""


class MintingRefusedError(Exception):
    """Tokens are minted only with the shared secret of a developer's machine."""
