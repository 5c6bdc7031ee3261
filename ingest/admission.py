"""Admission: whether a request may be saved now.

Three limits protect what everybody shares: the rates of a person (`Admission`), the number of items of a
person (`items`, decided by the processor) and the availability of the broker (`BrokerWatch`).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Protocol

from starlette.types import Scope

from playhead.identity import Callers, Principal
from playhead.rate import Buckets
from playhead.wire.keys import person_key

QUOTA_RETRY_SECONDS = 60.0
"""A player holds back its whole queue meanwhile; the processor reconsiders the person within five minutes."""

BROKER_EVERY_SECONDS = 1.0
BROKER_ANSWER_SECONDS = 2.0
"""For a broker to describe the topic, which takes even a busy one milliseconds."""

_log = logging.getLogger(__name__)


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


class TopicCheck(Protocol):
    """The part of a publisher that `BrokerWatch` uses."""

    failing: bool

    async def unavailable_reason(self, topic: str, timeout_seconds: float) -> str | None:
        """See `Publisher.unavailable_reason`."""


class BrokerWatch:
    """Asks the broker once a second whether the topic can be written: for readiness, and to fail fast."""

    def __init__(self, publisher: TopicCheck, topic: str) -> None:
        self._publisher = publisher
        self._topic = topic
        self.unavailable_reason: str | None = "the broker was not asked yet"
        """Why the topic cannot be written, for a person to read; None if it can."""

    @property
    def is_away(self) -> bool:
        """Whether to refuse at once, so that players need not wait for the whole ack timeout.

        True only if acks fail *and* the broker does not answer: either alone may be a slow moment.
        """
        return self.unavailable_reason is not None and self._publisher.failing

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            reason = await self._publisher.unavailable_reason(self._topic, BROKER_ANSWER_SECONDS)
            if reason != self.unavailable_reason:
                level = logging.WARNING if reason else logging.INFO
                _log.log(level, "kafka: %s", reason or f"topic {self._topic} can be written")
            self.unavailable_reason = reason
            await asyncio.sleep(BROKER_EVERY_SECONDS)
