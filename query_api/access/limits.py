"""Limits of one person and of one organisation, so that none takes what all share."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from playhead.http.shares import Shares, ShareUsedUpError
from playhead.identity import Principal
from playhead.rate import Buckets
from playhead.settings import QuerySettings
from playhead.wire.keys import person_key
from query_api.errors import LimitReachedError
from query_api.metrics import LIMITED

SHARE_RETRY_SECONDS = 10
"""One of their own streams or exports has to end first."""


class Requests:
    """How often each may send requests."""

    def __init__(self, settings: QuerySettings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._persons = Buckets(settings.query_rate_per_second, settings.query_rate_burst)
        self._tenants = Buckets(settings.query_tenant_rate_per_second, settings.query_tenant_rate_burst)
        self._clock = clock

    def count(self, principal: Principal) -> None:
        """Count a request.

        Raises:
            LimitReachedError: The person or their organisation sends too many.
        """
        now, person = self._clock(), person_key(principal.tenant_id, principal.user_id)
        if wait := self._persons.take(person, now):
            raise _limit_reached("requests of one person", math.ceil(wait), f"wait {wait:.1f} s")
        if wait := self._tenants.take(principal.tenant_id, now):
            raise _limit_reached("requests of one organisation", math.ceil(wait), f"wait {wait:.1f} s")


def take_share(shares: Shares, principal: Principal, what: str) -> None:
    """Take one of `what`, such as an export, for a principal.

    Raises:
        LimitReachedError: The person or their organisation has as many as each may.
    """
    try:
        shares.take(principal)
    except ShareUsedUpError as error:
        detail = f"{error} at once; end another"
        raise _limit_reached(f"{what} of one {error.holder}", SHARE_RETRY_SECONDS, detail) from error


def _limit_reached(limit: str, wait_seconds: int, detail: str) -> LimitReachedError:
    LIMITED.labels(limit).inc()
    return LimitReachedError("Too many requests", f"too many {limit}: {detail}", retry_seconds=wait_seconds)
