"""Identifies the sender of a request, and limits unidentified requests by client address."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from playhead.identity.addresses import address_of
from playhead.identity.aliases import Aliases
from playhead.identity.api_keys import ApiCaller, key_of
from playhead.identity.errors import IdentityError, InvalidTokenError, MissingTokenError, TooManyFailuresError
from playhead.identity.key_verifier import KeyVerifier, NoKeys
from playhead.identity.principal import Principal
from playhead.identity.verifier import Verifier
from playhead.rate import Buckets
from playhead.settings import TokenSettings

if TYPE_CHECKING:
    from starlette.types import Scope

ADDRESSES = 50_000
"""Client addresses kept in memory, about 5 MB; further ones share one bucket."""
_AUTHORIZATION = b"authorization"


class Callers:
    """Identifies requests.

    A valid token passes whatever others behind the same address do: only failures count against the address.
    An expired token does not count, since it was genuine, and the tokens of a classroom may expire together.
    """

    def __init__(
        self,
        verifier: Verifier,
        settings: TokenSettings,
        aliases: Aliases | None = None,
        keys: KeyVerifier | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._verifier = verifier
        self._keys = keys or KeyVerifier(NoKeys())
        self.aliases = aliases or Aliases()
        self._trusted = settings.trusted_proxies
        self._failures = Buckets(
            settings.token_failures_per_second, settings.token_failures_burst, most=ADDRESSES
        )
        self._clock = clock

    async def caller(self, scope: Scope, beacon_token: str | None = None) -> Principal | ApiCaller:
        """Who sends an ASGI request, by its Authorization header or else by the token of its body.

        A person's token gives their principal, an API key a caller with the scopes of the key. Of a person
        who was merged into another, it is the other.

        Raises:
            IdentityError: see `identify`.
            TooManyFailuresError: too many requests of this address, including this one, had no valid token.
        """
        try:
            authorization = authorization_of(scope["headers"])
            if authorization is None and beacon_token is not None:
                authorization = f"Bearer {beacon_token}"
            return await self.identify(authorization, scope)
        except (InvalidTokenError, MissingTokenError) as error:
            raise self.failed(scope, error) from error

    async def identify(self, authorization: str | None, scope: Scope) -> Principal | ApiCaller:
        """Who sends the value of an Authorization header; counts no failure.

        Raises:
            IdentityError: see `Verifier.principal` and `KeyVerifier.caller`.
            TooManyFailuresError: the key would have to be looked up, for an address with too many failures.
        """
        key = key_of(authorization)
        if key is None:
            return self.aliases.principal(await self._verifier.principal(authorization))
        if not self._keys.knows(key):
            address, now = address_of(scope, self._trusted), self._clock()
            if self._failures.is_empty(address, now):
                raise TooManyFailuresError(self._failures.take(address, now))
        return await self._keys.caller(key)

    def failed(self, scope: Scope, error: IdentityError) -> IdentityError:
        """Count a failure of the address; returns the error, or `TooManyFailuresError` after too many."""
        wait = self._failures.take(address_of(scope, self._trusted), self._clock())
        return TooManyFailuresError(wait) if wait else error


def authorization_of(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The value of the Authorization header of an ASGI request; None if there is none.

    Raises:
        InvalidTokenError: there are several, of which a proxy and a service might check different ones.
    """
    values = [value for name, value in headers if name == _AUTHORIZATION]
    if len(values) > 1:
        raise InvalidTokenError("the request has several Authorization headers: send one")
    return values[0].decode("latin-1") if values else None
