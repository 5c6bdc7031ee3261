"""Admission: who may save, and how often."""

from __future__ import annotations

import time
from collections.abc import Callable

from playhead.identity import Principal, Verifier
from playhead.rate import Buckets
from playhead.wire.keys import person_key


class TooManyRequestsError(Exception):
    """This person sends faster than any player does."""

    def __init__(self, wait_seconds: float) -> None:
        super().__init__(f"too many requests; wait {wait_seconds:.1f} s")
        self.wait_seconds = wait_seconds


class Admission:
    """Lets in who is identified and within their rate."""

    def __init__(
        self, verifier: Verifier, buckets: Buckets, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._verifier = verifier
        self._buckets = buckets
        self._clock = clock

    async def admit(self, authorization: str | None) -> Principal:
        """The principal of the Authorization header.

        Raises:
            IdentityError: see `Verifier.principal`.
            TooManyRequestsError: says how long to wait.
        """
        principal = await self._verifier.principal(authorization)
        wait = self._buckets.take(person_key(principal.tenant_id, principal.user_id), self._clock())
        if wait:
            raise TooManyRequestsError(wait)
        return principal
