"""Admission: who may save, and how much of what all share."""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.types import Scope

from ingest.limits import TooManyRequestsError
from playhead.identity import Callers, Principal
from playhead.rate import Buckets
from playhead.wire.keys import person_key


class Admission:
    """Lets in who is identified and within their rates."""

    def __init__(
        self,
        callers: Callers,
        requests: Buckets,
        heartbeats: Buckets,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._callers = callers
        self._requests = requests
        self._heartbeats = heartbeats
        self._clock = clock

    async def admit(self, scope: Scope, beacon_token: str | None = None) -> Principal:
        """The principal of an ASGI request, by its header or the token of its body; counts the request.

        Raises:
            IdentityError: see `Callers.principal`.
            TooManyRequestsError: says how long to wait.
        """
        principal = await self._callers.principal(scope, beacon_token)
        wait = self._requests.take(person_key(principal.tenant_id, principal.user_id), self._clock())
        if wait:
            raise TooManyRequestsError("requests of one person", wait)
        return principal

    def charge(self, principal: Principal, heartbeats: int) -> None:
        """Count heartbeats of an admitted request, all or none.

        Raises:
            TooManyRequestsError: says how long to wait.
        """
        person = person_key(principal.tenant_id, principal.user_id)
        wait = self._heartbeats.take(person, self._clock(), heartbeats)
        if wait:
            raise TooManyRequestsError("heartbeats of one person", wait)
