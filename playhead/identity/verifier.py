"""The verifier: turns an Authorization header into its principal."""

from __future__ import annotations

import math
import sys
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

import jwt

from playhead.identity.claims import ClaimNames
from playhead.identity.errors import ExpiredTokenError, InvalidTokenError, MissingTokenError
from playhead.identity.keys import Keys, PublishedKeys, SharedSecret
from playhead.identity.principal import Principal
from playhead.settings import TokenSettings

CACHE_BYTES = 33_554_432
"""Size of the cache of verified tokens, about 30,000 of the usual size; the least recently used are
evicted."""
MAX_TOKEN_LENGTH = 8_192
"""The maximum length of a token in characters; it contains three ids and a few names."""
_ENTRY_BYTES = 600
"""Memory of a cached token besides its text and its roles."""


@dataclass(frozen=True, slots=True)
class _CachedToken:
    principal: Principal
    revision: int
    """The revision of the keys that verified it."""
    size: int
    """Memory in bytes."""


class Verifier:
    """Verifies bearer tokens by the algorithms, issuer, audience and (unless given) keys of the settings."""

    def __init__(
        self, settings: TokenSettings, *, keys: Keys | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings
        self._names = ClaimNames.of(settings)
        self._clock = clock
        self._keys = keys or keys_of(settings)
        self._verified: OrderedDict[str, _CachedToken] = OrderedDict()
        self._size = 0

    def running(self) -> AbstractAsyncContextManager[None]:
        """Keep the keys up to date while the context lasts."""
        return self._keys.running()

    async def principal(self, authorization: str | None) -> Principal:
        """The principal of the value of an Authorization header, `Bearer …`.

        Raises:
            MissingTokenError: no header, or another scheme.
            InvalidTokenError: the token cannot be trusted.
            ExpiredTokenError: the token has expired.
            KeysUnavailableError: the issuer's keys are needed and cannot be fetched.
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
        principal = Principal.of(self._names, claims, until)
        self._cache(token, principal, revision)
        return principal

    def _cache(self, token: str, principal: Principal, revision: int) -> None:
        if token in self._verified:  # by another request, while this one waited for the key
            self._forget(token)
        size = _size(token, principal)
        self._verified[token] = _CachedToken(principal, revision, size)
        self._size += size
        while self._size > CACHE_BYTES:
            self._forget(next(iter(self._verified)))

    def _forget(self, token: str) -> None:
        self._size -= self._verified.pop(token).size

    def _key_id(self, token: str) -> str | None:
        try:
            header = jwt.get_unverified_header(token)
        except Exception as error:
            # The library parses arbitrary input: whatever it raises, this is no token.
            raise InvalidTokenError("this is not a signed token") from error
        # Checked before the key is looked up: a token of another algorithm must not cause a fetch.
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
                # The expiry is checked by the caller, by the same clock and rule as for cached tokens.
                options={"require": ["exp", "iss", "aud"], "verify_exp": False},
            )
        except Exception as error:
            # As above: nbf and iat may be of any size and type.
            raise InvalidTokenError(_reason(error)) from error


_REASONS: dict[type[Exception], str] = {
    jwt.InvalidIssuerError: "the token is another issuer's",
    jwt.InvalidAudienceError: "the token is for another audience",
    jwt.ImmatureSignatureError: "the token is not valid yet",
    jwt.MissingRequiredClaimError: "the token lacks a required claim: exp, iss and aud",
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
    if len(token) > MAX_TOKEN_LENGTH:
        raise InvalidTokenError("the token is too long")
    return token


def _size(token: str, principal: Principal) -> int:
    roles = sys.getsizeof(principal.roles) + sum(map(sys.getsizeof, principal.roles))
    return _ENTRY_BYTES + sys.getsizeof(token) + roles


def keys_of(settings: TokenSettings) -> Keys:
    """The keys according to the settings."""
    if settings.token_jwks_url is None or "HS256" in settings.token_algorithms:
        return SharedSecret(settings.token_secret.get_secret_value())
    return PublishedKeys(
        settings.token_jwks_url,
        settings.token_algorithms,
        honoured_seconds=settings.token_keys_honoured_seconds,
    )
