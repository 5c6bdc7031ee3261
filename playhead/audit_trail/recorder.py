"""Records audit events from a service's event loop, those that are alike once a minute."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from starlette.types import Scope

from playhead.audit_trail.events import AuditEvent, log
from playhead.audit_trail.gathering import WINDOW_SECONDS, Gathering
from playhead.identity import IdentityError, KeysUnavailableError
from playhead.identity.addresses import Network, address_of

UNMATCHED = "unmatched"


class Recorder:
    """Passes events on to the log, or to `record`; for the thread of one event loop."""

    def __init__(
        self,
        trusted: Sequence[Network],
        record: Callable[[AuditEvent], None] = log,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Describe it; `trusted` proxies are believed about the addresses of their clients."""
        self._trusted = trusted
        self._record = record
        self._clock = clock
        self._gathering = Gathering()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, event: AuditEvent) -> None:
        """Record the event now, or count it among those of its minute. Does not wait."""
        first = self._gathering.add(event, self._clock())
        if first is not None:
            self._record(first)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(WINDOW_SECONDS, self._look)

    def unidentified(self, scope: Scope, request_id: str, error: IdentityError) -> None:
        """Record that a request failed to identify itself, unless the issuer's keys are away."""
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
        """Record what was counted so far."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for event in self._gathering.rest():
            self._record(event)

    def _look(self) -> None:
        self._timer = None
        for event in self._gathering.due(self._clock()):
            self._record(event)
        if self._gathering:
            self._timer = asyncio.get_running_loop().call_later(WINDOW_SECONDS, self._look)


def route(scope: Scope) -> str:
    """The method and the template of the route; a path would hold ids."""
    return f"{scope['method']} {getattr(scope.get('route'), 'path', UNMATCHED)}"


def origin(scope: Scope, trusted: Sequence[Network]) -> str:
    """The client's address, or its IPv6 network; behind a proxy that is not trusted, the proxy's."""
    return address_of(scope, trusted) or "unknown"
