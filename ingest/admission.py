"""Admission: whether a request may be saved now.

Three limits protect what everybody shares: the rates of a person (`Admission`), the number of items of a
person (`items`, decided by the processor) and the availability of the broker (`playhead.kafka.broker_watch`).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.types import Scope

from playhead.identity import Callers, Principal
from playhead.rate import Buckets
from playhead.wire.keys import person_key

QUOTA_RETRY_SECONDS = 60.0
"""A player holds back its whole queue meanwhile; the processor reconsiders the person within five minutes."""


class TooManyRequestsError(Exception):
    """A person reached a limit, which does not affect others; waiting helps."""

    def __init__(self, limit: str, wait_seconds: float) -> None:
        super().__init__(f"too many {limit}: keep the heartbeats and wait {wait_seconds:.1f} s")
        self.limit = limit
        self.wait_seconds = wait_seconds


class TooManyItemsError(TooManyRequestsError):
    """The person may begin no more items; heartbeats for existing items are accepted."""

    def __init__(self) -> None:
        super().__init__("items of one person", QUOTA_RETRY_SECONDS)


class Admission:
    """Identifies the sender of a request and enforces the rates of a person."""

    def __init__(
        self,
        callers: Callers,
        requests: Buckets,
        heartbeats: Buckets,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._callers = callers
        self.aliases = callers.aliases
        self._requests = requests
        self._heartbeats = heartbeats
        self._clock = clock

    async def admit(self, scope: Scope, beacon_token: str | None = None) -> Principal:
        """The principal of an ASGI request, by its header or the token of its body; counts the request.

        Raises:
            IdentityError: see `Callers.principal`.
            TooManyRequestsError: names the time to wait.
        """
        principal = await self._callers.principal(scope, beacon_token)
        wait = self._requests.take(person_key(principal.tenant_id, principal.user_id), self._clock())
        if wait:
            raise TooManyRequestsError("requests of one person", wait)
        return principal

    def charge(self, principal: Principal, heartbeats: int) -> None:
        """Count the heartbeats of an admitted request, all or none.

        Raises:
            TooManyRequestsError: names the time to wait.
        """
        person = person_key(principal.tenant_id, principal.user_id)
        wait = self._heartbeats.take(person, self._clock(), heartbeats)
        if wait:
            raise TooManyRequestsError("heartbeats of one person", wait)
