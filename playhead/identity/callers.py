"""Who sends a request; and a limit, by client address, on requests of which nobody can say."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from playhead.identity.addresses import address_of
from playhead.identity.authorization import authorization_of
from playhead.identity.errors import IdentityError, InvalidTokenError, MissingTokenError, TooManyFailuresError
from playhead.identity.principal import Principal
from playhead.identity.verifier import Verifier
from playhead.rate import Buckets
from playhead.settings import TokenSettings

if TYPE_CHECKING:
    from starlette.types import Scope

ADDRESSES = 50_000
"""Client addresses remembered, some 5 MB; those beyond share one bucket."""


class Callers:
    """Identifies requests.

    A good token passes whatever others behind the same address do: only failures cost the address something.
    An expired token does not, since it was genuine, and a classroom's tokens may expire in one minute.
    """

    def __init__(
        self, verifier: Verifier, settings: TokenSettings, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._verifier = verifier
        self._trusted = settings.trusted_proxies
        self._failures = Buckets(
            settings.token_failures_per_second, settings.token_failures_burst, most=ADDRESSES
        )
        self._clock = clock

    async def principal(self, scope: Scope, beacon_token: str | None = None) -> Principal:
        """The principal of an ASGI request, by its Authorization header, or else by the token of its body.

        Raises:
            IdentityError: see `Verifier.principal`.
            TooManyFailuresError: too many requests of this address, this one included, had no good token.
        """
        try:
            authorization = authorization_of(scope["headers"])
            if authorization is None and beacon_token is not None:
                authorization = f"Bearer {beacon_token}"
            return await self._verifier.principal(authorization)
        except (InvalidTokenError, MissingTokenError) as error:
            raise self.failed(scope, error) from error

    def failed(self, scope: Scope, error: IdentityError) -> IdentityError:
        """Count a failure of the address: gives the error, or after too many `TooManyFailuresError`."""
        wait = self._failures.take(address_of(scope, self._trusted), self._clock())
        return TooManyFailuresError(wait) if wait else error
