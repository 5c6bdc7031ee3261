"""One live stream: a snapshot, then what changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

from playhead.progress.identifiers import UserId
from query_api.errors import UnavailableError
from query_api.live.events import (
    KEEP_ALIVE,
    Aged,
    Attached,
    Changed,
    Detached,
    Ended,
    MemberChanged,
    encode,
    event,
    retry_hint,
)
from query_api.live.listener import Listener
from query_api.models import Interruption

RECONNECT_MILLISECONDS = 2_000
FIRST_SECONDS = 0.5
"""How long the first snapshot waits for the subscription; while Redis is frozen it is sent without."""
QUIET_SECONDS = 15.0
"""Between keep-alive comments; proxies close a silent connection after 30 to 60 s."""
OWED_SECONDS = 2.0
"""Between attempts to read a snapshot while no store responds."""
LIFETIME_SECONDS = 3_600.0
"""After this the client reconnects, and a load balancer may choose another server."""


class View(Protocol):
    """The snapshot of a stream."""

    async def snapshot(self) -> bytes:
        """Return the current snapshot as JSON.

        Raises:
            UnavailableError: no store responds.
        """
        ...

    def shows(self, user: UserId) -> bool:
        """Return whether the last snapshot includes this person."""
        ...


class Stream:
    """The events sent to one client."""

    def __init__(self, listener: Listener, view: View) -> None:
        self._listener = listener
        self._view = view
        self._sent = 0
        self._owed_at: float | None = None
        """When to try the snapshot again; None while none is owed."""
        self._last_snapshot = 0
        """Its hash."""

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield server-sent events until the listener ends or the stream's lifetime is over."""
        until = _now() + LIFETIME_SECONDS
        yield retry_hint(RECONNECT_MILLISECONDS)
        received = await self._listener.next(FIRST_SECONDS)
        if not isinstance(received, Attached):
            yield await self._snapshot()
        while not isinstance(received, Ended) and _now() < until:
            if received is not None:
                yield await self._encode(received)
            elif self._owed_at is None:
                yield KEEP_ALIVE
            # Checked even after an event: a busy team's stream is never quiet.
            if self._owed_at is not None and _now() >= self._owed_at:
                yield await self._snapshot()
            wait = QUIET_SECONDS if self._owed_at is None else max(0.0, self._owed_at - _now())
            received = await self._listener.next(wait)

    async def _encode(self, received: Attached | Detached | Changed | MemberChanged | Aged) -> bytes:
        match received:
            case Attached():
                return await self._snapshot()
            case MemberChanged(user=user) if not self._view.shows(user):
                return KEEP_ALIVE  # has left the team, and the subscription is about to end
            case Changed(encoded=encoded) | MemberChanged(encoded=encoded):
                return self._event("change", encoded)
            case Detached(reason, retry_seconds):
                return self._interruption(reason, retry_seconds)
            case Aged():
                return await self._snapshot(only_if_new=True)

    async def _snapshot(self, *, only_if_new: bool = False) -> bytes:
        try:
            data = await self._view.snapshot()
        except UnavailableError as error:
            self._owed_at = _now() + OWED_SECONDS
            return self._interruption(str(error), OWED_SECONDS)
        before, self._last_snapshot = self._last_snapshot, hash(data)
        if only_if_new and self._owed_at is None and before == self._last_snapshot:
            return KEEP_ALIVE
        self._owed_at = None
        return self._event("snapshot", data)

    def _interruption(self, reason: str, retry_seconds: float) -> bytes:
        retry = round(retry_seconds * 1000)
        return self._event("interruption", encode(Interruption(reason=reason, retry_milliseconds=retry)))

    def _event(self, name: str, data: bytes) -> bytes:
        self._sent += 1
        return event(name, str(self._sent), data)


def _now() -> float:
    return asyncio.get_running_loop().time()
