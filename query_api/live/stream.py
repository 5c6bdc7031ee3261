"""A live stream: a snapshot, then what changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Protocol

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
"""How long the first snapshot waits for the subscription: with Redis frozen it comes without one."""
QUIET_SECONDS = 15.0
"""Between keep-alive comments; proxies give up on a silent connection after 30 to 60 s."""
OWED_SECONDS = 2.0
"""Between two attempts at a snapshot that no store could give."""
LIFETIME_SECONDS = 3_600.0
"""Then the client connects again: balancers may send it elsewhere."""


class View(Protocol):
    """What a stream shows before it tells of changes."""

    async def snapshot(self) -> bytes:
        """All of it as it is now, as JSON.

        Raises:
            UnavailableError: no store can tell.
        """
        ...


class Stream:
    """What one client is sent."""

    def __init__(self, listener: Listener, view: View) -> None:
        self._listener = listener
        self._view = view
        self._sent = 0
        self._owed_at: float | None = None
        """When to try again to give a snapshot; None where none is owed."""
        self._last_snapshot = 0
        """Its hash."""

    async def chunks(self) -> AsyncIterator[bytes]:
        """Server-sent events, until the listener is told to end or the stream has lived its time."""
        until = _now() + LIFETIME_SECONDS
        yield retry_hint(RECONNECT_MILLISECONDS)
        news = await self._listener.next(FIRST_SECONDS)
        if not isinstance(news, Attached):
            yield await self._snapshot()
        while not isinstance(news, Ended) and _now() < until:
            if news is not None:
                yield await self._say(news)
            elif self._owed_at is None:
                yield KEEP_ALIVE
            # Not only when it is quiet: in a busy team it never is.
            if self._owed_at is not None and _now() >= self._owed_at:
                yield await self._snapshot()
            news = await self._listener.next(self._patience())

    def _patience(self) -> float:
        return QUIET_SECONDS if self._owed_at is None else max(0.0, self._owed_at - _now())

    async def _say(self, news: Attached | Detached | Changed | MemberChanged | Aged) -> bytes:
        match news:
            case Attached():
                return await self._snapshot()
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
        told, self._last_snapshot = self._last_snapshot, hash(data)
        if only_if_new and self._owed_at is None and told == self._last_snapshot:
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
