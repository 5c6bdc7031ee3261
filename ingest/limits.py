"""Limits of one person and of one tenant: what each may have of that which all share. Pure; no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from playhead.identity import Principal
from playhead.wire.keys import person_key

SHARE_RETRY_SECONDS = 1.0
"""The broker acknowledges within milliseconds; a full share means that it is slow just now."""


class TooManyRequestsError(Exception):
    """A limit of one person or one tenant is reached; others are not concerned."""

    def __init__(self, limit: str, wait_seconds: float) -> None:
        super().__init__(f"too many {limit}: keep the heartbeats and wait {wait_seconds:.1f} s")
        self.limit = limit
        self.wait_seconds = wait_seconds


class InFlightShares:
    """Heartbeats that await the broker's ack, by person and by tenant."""

    def __init__(self, of_person: int, of_tenant: int) -> None:
        self._of_person = of_person
        self._of_tenant = of_tenant
        self._in_flight: Counter[str] = Counter()

    def __len__(self) -> int:
        """How many persons and tenants have something in flight."""
        return len(self._in_flight)

    @contextmanager
    def hold(self, principal: Principal, heartbeats: int) -> Iterator[None]:
        """Count heartbeats as in flight for the length of the block.

        Raises:
            TooManyRequestsError: a share is used up; nothing was counted.
        """
        person, tenant = person_key(principal.tenant_id, principal.user_id), principal.tenant_id
        in_flight = self._in_flight
        if in_flight[person] + heartbeats > self._of_person:
            self._forget(person)
            raise TooManyRequestsError("heartbeats of one person await the log", SHARE_RETRY_SECONDS)
        if in_flight[tenant] + heartbeats > self._of_tenant:
            self._forget(tenant)
            raise TooManyRequestsError("heartbeats of one organisation await the log", SHARE_RETRY_SECONDS)
        in_flight[person] += heartbeats
        in_flight[tenant] += heartbeats
        try:
            yield
        finally:
            in_flight[person] -= heartbeats
            in_flight[tenant] -= heartbeats
            self._forget(person)
            self._forget(tenant)

    def _forget(self, key: str) -> None:
        if not self._in_flight[key]:
            del self._in_flight[key]
