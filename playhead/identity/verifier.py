"""The verifier: an Authorization header to the principal it names."""

from __future__ import annotations

import math
import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import jwt

from playhead.identity.errors import ExpiredTokenError, InvalidTokenError, MissingTokenError
from playhead.identity.keys import Keys, PublishedKeys, SharedSecret
from playhead.identity.principal import Principal
from playhead.settings import TokenSettings

REMEMBERED_BYTES = 33_554_432
"""Verified tokens kept, the least recently used leaving first: some 30,000 of the usual size."""
LONGEST = 8_192
"""Characters of a token, which holds three ids and a few names."""
_ENTRY_BYTES = 600
"""Of a remembered token besides its text and its roles: the ids, and its place."""


@dataclass(frozen=True, slots=True)
class _Remembered:
    principal: Principal
    revision: int
    """Of the keys that it was verified with."""
    size: int
    """Bytes of memory."""


class Verifier:
    """Verifies bearer tokens by the settings' algorithms, issuer and audience; and keys, unless given."""

    def __init__(
        self, settings: TokenSettings, *, keys: Keys | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._keys = keys or keys_of(settings)
        self._verified: OrderedDict[str, _Remembered] = OrderedDict()
        self._size = 0

    def running(self) -> AbstractAsyncContextManager[None]:
        """Keep the keys up to date while the context lasts."""
        return self._keys.running()

    async def principal(self, authorization: str | None) -> Principal:
        """The principal of an Authorization header's value, `Bearer …`.

        Raises:
            MissingTokenError: no header, or another scheme.
            InvalidTokenError: the token is not to be trusted.
            ExpiredTokenError: the token's time is over.
            KeysUnavailableError: the issuer's keys are needed and cannot be read.
        """
        if authorization is None:
            raise MissingTokenError("send a bearer token in the Authorization header")
        token = _bearer(authorization)
        known = self._verified.get(token)
        if known is not None:
            if (
                self._clock() < known.principal.until
                and known.revision == self._keys.revision
                and self._keys.are_honoured()
            ):
                self._verified.move_to_end(token)
                return known.principal
            self._forget(token)
        return await self._verify(token)

    async def _verify(self, token: str) -> Principal:
        revision = self._keys.revision
        key = await self._keys.key(self._key_id(token))
        claims = self._claims(token, key)
        until = _expiry(claims) + self._settings.token_leeway_seconds
        if self._clock() >= until:
            raise ExpiredTokenError("the token has expired")
        principal = Principal.of(claims, until)
        self._remember(token, principal, revision)
        return principal

    def _remember(self, token: str, principal: Principal, revision: int) -> None:
        if token in self._verified:  # by another request, while this one waited for the key
            self._forget(token)
        size = _size(token, principal)
        self._verified[token] = _Remembered(principal, revision, size)
        self._size += size
        while self._size > REMEMBERED_BYTES:
            self._forget(next(iter(self._verified)))

    def _forget(self, token: str) -> None:
        self._size -= self._verified.pop(token).size

    def _key_id(self, token: str) -> str | None:
        try:
            header = jwt.get_unverified_header(token)
        except Exception as error:
            # A library reads what anybody may have written: whatever it raises, there is no token.
            raise InvalidTokenError("this is not a signed token") from error
        # Before a key is looked for: a token of another algorithm must not even cause a fetch.
        if header.get("alg") not in self._settings.token_algorithms:
            raise InvalidTokenError("the token is signed with an algorithm that is not accepted here")
        kid = header.get("kid")
        if kid is not None and not isinstance(kid, str):
            raise InvalidTokenError("the token's kid is not a text")
        return kid

    def _claims(self, token: str, key: jwt.PyJWK | str) -> dict[str, object]:
        settings = self._settings
        try:
            return jwt.decode(
                token,
                key,
                algorithms=settings.token_algorithms,
                issuer=settings.token_issuer,
                audience=settings.token_audience,
                leeway=settings.token_leeway_seconds,
                # The expiry is checked here, by the same clock and rule as a remembered token's.
                options={"require": ["exp", "iss", "aud", "sub", "tenant"], "verify_exp": False},
            )
        except Exception as error:
            # As above, with nbf and iat beyond any number, or texts that are none.
            raise InvalidTokenError(_reason(error)) from error


_REASONS: dict[type[Exception], str] = {
    jwt.InvalidIssuerError: "the token is another issuer's",
    jwt.InvalidAudienceError: "the token is for another audience",
    jwt.ImmatureSignatureError: "the token is not valid yet",
    jwt.MissingRequiredClaimError: "the token lacks a required claim: exp, iss, aud, sub and tenant",
    jwt.InvalidSignatureError: "the token's signature does not fit",
}


def _reason(error: Exception) -> str:
    return _REASONS.get(type(error), "the token cannot be read")


def _expiry(claims: dict[str, object]) -> float:
    exp = claims["exp"]
    try:
        if not isinstance(exp, bool) and isinstance(exp, int | float) and math.isfinite(exp):
            return float(exp)
    except OverflowError:  # an int larger than any float
        pass
    raise InvalidTokenError("the token's exp is not a number of seconds")


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise MissingTokenError("the Authorization header holds no bearer token")
    if len(token) > LONGEST:
        raise InvalidTokenError("the token is too long")
    return token


def _size(token: str, principal: Principal) -> int:
    roles = sys.getsizeof(principal.roles) + sum(map(sys.getsizeof, principal.roles))
    return _ENTRY_BYTES + sys.getsizeof(token) + roles


def keys_of(settings: TokenSettings) -> Keys:
    """The keys that the settings name."""
    if settings.token_jwks_url is None or "HS256" in settings.token_algorithms:
        return SharedSecret(settings.token_secret.get_secret_value())
    return PublishedKeys(
        settings.token_jwks_url,
        settings.token_algorithms,
        honoured_seconds=settings.token_keys_honoured_seconds,
    )
