"""Limits of one person and of one tenant: what each may have of that which all share. Pure; no clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playhead.identity import Principal
from playhead.services.shares import Shares, ShareUsedUpError

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
        self._shares = Shares(of_person, of_tenant)

    def __len__(self) -> int:
        """How many persons and tenants have something in flight."""
        return len(self._shares)

    @contextmanager
    def hold(self, principal: Principal, heartbeats: int) -> Iterator[None]:
        """Count heartbeats as in flight for the length of the block.

        Raises:
            TooManyRequestsError: a share is used up; nothing was counted.
        """
        try:
            self._shares.take(principal, heartbeats)
        except ShareUsedUpError as error:
            limit = f"heartbeats of one {error.whose} await the log"
            raise TooManyRequestsError(limit, SHARE_RETRY_SECONDS) from error
        try:
            yield
        finally:
            self._shares.give_back(principal, heartbeats)
