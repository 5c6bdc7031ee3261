"""Why somebody could not be identified. Messages are safe to show: they never quote the token.

IdentityError
├── MissingTokenError      401: no bearer token was sent
├── InvalidTokenError      401: the token is not ours, not for us, or says nothing usable
├── TooManyFailuresError   429: too many requests of this address could not be identified
├── ExpiredTokenError      401: it was good once; get another
├── UnknownCodeError       401: a sign-in link's code that was never given out, or whose time is over
├── UsedCodeError          410: a sign-in link's code that was exchanged before
└── KeysUnavailableError   503: the signing keys cannot be fetched, so nobody can tell; try again later

MintingRefusedError        a development token was asked for where there must be none
"""

from __future__ import annotations


class IdentityError(Exception):
    """The speaker could not be identified."""


class MissingTokenError(IdentityError):
    """No bearer token was sent."""


class InvalidTokenError(IdentityError):
    """The token cannot be trusted, whenever it is sent."""


class TooManyFailuresError(IdentityError):
    """Too many requests of one address could not be identified, this one included."""

    def __init__(self, wait_seconds: float) -> None:
        # Always the same words, so that those who record failures can count those that are alike.
        super().__init__("too many requests of this address had no good token: send one, or wait")
        self.wait_seconds = wait_seconds


class ExpiredTokenError(IdentityError):
    """The token's time is over."""


class UnknownCodeError(IdentityError):
    """A sign-in link's code that was never given out, or whose lifetime is over."""

    def __init__(self) -> None:
        super().__init__("this sign-in link is not valid any more; get another")


class UsedCodeError(IdentityError):
    """A sign-in link's code that was exchanged before."""

    def __init__(self) -> None:
        super().__init__("this sign-in link was used before, and a link signs in once; get another")


class KeysUnavailableError(IdentityError):
    """No key at hand fits the token, and the issuer's keys cannot be fetched just now."""


class MintingRefusedError(Exception):
    """Tokens are minted with the shared secret of a developer's machine only."""
