"""Why the sender of a request could not be identified. Messages never quote the token, and may be shown.

IdentityError
├── MissingTokenError      401: no bearer token was sent
├── InvalidTokenError      401: the token is of another issuer or audience, or lacks a claim
│   └── UnknownKeyError    401: there is no such API key, its secret is another, or it was revoked
├── TooManyFailuresError   429: too many requests of this address could not be identified
├── ExpiredTokenError      401: it was valid once; get another
├── UnknownCodeError       401: the code of a sign-in link was never issued, or has expired
├── UsedCodeError          410: the code of a sign-in link was exchanged before
└── KeysUnavailableError   503: the signing keys cannot be fetched; try again later
    └── KeyStoreAwayError  503: the store of API keys does not answer; try again later

ScopeTooSmallError         403: the API key lacks a scope

MintingRefusedError        development tokens are not allowed in this environment
"""

from __future__ import annotations

from collections.abc import Collection


class IdentityError(Exception):
    """The sender could not be identified."""


class MissingTokenError(IdentityError):
    """No bearer token was sent."""


class InvalidTokenError(IdentityError):
    """The token is invalid at any time."""


class UnknownKeyError(InvalidTokenError):
    """There is no such API key, its secret is another, or it was revoked."""

    def __init__(self, reason: str = "there is no such API key, or its secret is another") -> None:
        super().__init__(reason)


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


class KeyStoreAwayError(KeysUnavailableError):
    """The store of API keys does not answer, and the key was not verified lately."""

    def __init__(self, reason: str = "API keys cannot be looked up just now; try again") -> None:
        super().__init__(reason)


class ScopeTooSmallError(Exception):
    """The sender is identified by an API key that lacks the scope which the request needs."""

    def __init__(self, needed: str, scopes: Collection[str]) -> None:
        has = ", ".join(f"`{name}`" for name in sorted(scopes)) or "none"
        super().__init__(f"this needs an API key with the scope `{needed}`; the scopes of this one: {has}")
        self.needed = needed


class MintingRefusedError(Exception):
    """Tokens are minted only with the shared secret of a developer's machine."""
