"""The verifier: an Authorization header to the principal it names."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

import jwt

from playhead.identity.errors import ExpiredTokenError, InvalidTokenError, MissingTokenError
from playhead.identity.keys import Keys, PublishedKeys, SharedSecret
from playhead.identity.principal import Principal
from playhead.settings import TokenSettings

REMEMBERED = 32_768
"""Verified tokens kept, the least recently used leaving first: about 1 KB each."""
LONGEST = 8_192
"""Characters of the header. A token holds three ids and a few names; this bounds what is remembered too."""


class Verifier:
    """Verifies bearer tokens by the settings' algorithms, issuer and audience; and keys, unless given."""

    def __init__(
        self, settings: TokenSettings, *, keys: Keys | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._keys = keys or keys_of(settings)
        self._verified: OrderedDict[str, tuple[float, int, Principal]] = OrderedDict()

    async def principal(self, authorization: str | None) -> Principal:
        """The principal of an Authorization header's value, `Bearer …`.

        Raises:
            MissingTokenError: no header, or another scheme.
            InvalidTokenError: the token is not to be trusted.
            ExpiredTokenError: the token's time is over.
            KeysUnavailableError: no key at hand fits and the issuer cannot be reached.
        """
        if authorization is None:
            raise MissingTokenError("send a bearer token in the Authorization header")
        known = self._verified.get(authorization)
        if known is not None:
            until, revision, principal = known
            if self._clock() < until and revision == self._keys.revision:
                self._verified.move_to_end(authorization)
                return principal
            del self._verified[authorization]
        return await self._verify(authorization)

    async def _verify(self, authorization: str) -> Principal:
        token = _bearer(authorization)
        revision = self._keys.revision
        key = await self._keys.key(self._key_id(token))
        claims = self._claims(token, key)
        principal = Principal.of(claims)
        until = _expiry(claims) + self._settings.token_leeway_seconds
        if self._clock() >= until:
            raise ExpiredTokenError("the token has expired")
        self._verified[authorization] = (until, revision, principal)
        if len(self._verified) > REMEMBERED:
            self._verified.popitem(last=False)
        return principal

    def _key_id(self, token: str) -> str | None:
        try:
            header = jwt.get_unverified_header(token)
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise InvalidTokenError("this is not a signed token") from error
        # Before a key is looked for: a token of another algorithm must not even cause a fetch.
        if header.get("alg") not in self._settings.token_algorithms:
            raise InvalidTokenError("the token is signed with an algorithm that is not accepted here")
        return header.get("kid")

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
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
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
    if isinstance(exp, bool) or not isinstance(exp, int | float) or not math.isfinite(exp):
        raise InvalidTokenError("the token's exp is not a number of seconds")
    return float(exp)


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise MissingTokenError("the Authorization header holds no bearer token")
    if len(authorization) > LONGEST:
        raise InvalidTokenError("the token is too long")
    return token


def keys_of(settings: TokenSettings) -> Keys:
    """The keys that the settings name."""
    if settings.token_jwks_url is None or "HS256" in settings.token_algorithms:
        return SharedSecret(settings.token_secret.get_secret_value())
    return PublishedKeys(settings.token_jwks_url, settings.token_algorithms)
