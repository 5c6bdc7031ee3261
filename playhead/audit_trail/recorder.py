"""Records audit events from a service's event loop, equal ones once a minute."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from starlette.types import Scope

from playhead.audit_trail.deduplication import WINDOW_SECONDS, Deduplication
from playhead.audit_trail.events import AuditEvent, log
from playhead.identity import IdentityError, KeysUnavailableError
from playhead.identity.addresses import Network, address_of

UNMATCHED = "unmatched"


class Recorder:
    """Passes events to the log, or to `record`; for the thread of one event loop."""

    def __init__(
        self,
        trusted: Sequence[Network],
        record: Callable[[AuditEvent], None] = log,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Create a recorder that accepts the client addresses stated by `trusted` proxies."""
        self._trusted = trusted
        self._record = record
        self._clock = clock
        self._deduplication = Deduplication()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, event: AuditEvent) -> None:
        """Record the event now, or count it within its minute. Does not block."""
        first = self._deduplication.add(event, self._clock())
        if first is not None:
            self._record(first)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WINDOW_SECONDS, self._record_due)

    def unidentified(self, scope: Scope, request_id: str, error: IdentityError) -> None:
        """Record an unidentified request, unless the issuer's keys are unavailable."""
        if isinstance(error, KeysUnavailableError):
            return
        self.add(
            AuditEvent(
                at=datetime.now(UTC),
                act="identify",
                target=route(scope),
                outcome="refused",
                origin=origin(scope, self._trusted),
                request_id=request_id,
                reason=str(error),
            )
        )

    def close(self) -> None:
        """Record everything counted so far."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for event in self._deduplication.rest():
            self._record(event)

    def _record_due(self) -> None:
        self._timer = None
        for event in self._deduplication.due(self._clock()):
            self._record(event)
        if self._deduplication:
            self._timer = asyncio.get_running_loop().call_later(WINDOW_SECONDS, self._record_due)


def route(scope: Scope) -> str:
    """The method and the template of the route, since a path would contain ids."""
    return f"{scope['method']} {getattr(scope.get('route'), 'path', UNMATCHED)}"


def origin(scope: Scope, trusted: Sequence[Network]) -> str:
    """The client's address or IPv6 network; behind an untrusted proxy, the proxy's."""
    return address_of(scope, trusted) or "unknown"
