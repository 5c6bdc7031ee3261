"""One person's live stream: a snapshot, then what changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from query_api.access import Person
from query_api.catalogue import Catalogue
from query_api.library import Library
from query_api.listing import in_order, with_changes
from query_api.live.events import (
    KEEP_ALIVE,
    Attached,
    Changed,
    Detached,
    Ended,
    encode,
    event,
    retry_hint,
)
from query_api.live.listener import Listener
from query_api.models import Interruption, Snapshot
from query_api.reader import UnavailableError
from query_api.views import listed_item

RECONNECT_MILLISECONDS = 2_000
FIRST_SECONDS = 0.5
"""How long the first snapshot waits for the subscription: with Redis frozen it comes without one."""
QUIET_SECONDS = 15.0
"""Between keep-alive comments; proxies give up on a silent connection after 30 to 60 s."""
OWED_SECONDS = 2.0
"""Between two attempts at a snapshot that no store could give."""
LIFETIME_SECONDS = 3_600.0
"""Then the client connects again, and its token is checked anew."""


class Stream:
    """What one client is sent."""

    def __init__(self, listener: Listener, library: Library, catalogue: Catalogue, person: Person) -> None:
        self._listener = listener
        self._library = library
        self._catalogue = catalogue
        self._person = person
        self._sent = 0
        self._owes_snapshot = False

    async def chunks(self) -> AsyncIterator[bytes]:
        """Server-sent events, until the listener is told to end or the stream has lived its time."""
        until = asyncio.get_running_loop().time() + LIFETIME_SECONDS
        yield retry_hint(RECONNECT_MILLISECONDS)
        news = await self._listener.next(FIRST_SECONDS)
        if not isinstance(news, Attached):
            yield await self._snapshot()
        while not isinstance(news, Ended) and asyncio.get_running_loop().time() < until:
            yield await self._say(news)
            news = await self._listener.next(OWED_SECONDS if self._owes_snapshot else QUIET_SECONDS)

    async def _say(self, news: Attached | Detached | Changed | None) -> bytes:
        match news:
            case Attached():
                return await self._snapshot()
            case Changed(encoded=encoded):
                return self._event("change", encoded)
            case Detached(reason, retry_seconds):
                return self._interruption(reason, retry_seconds)
            case None:
                return await self._snapshot() if self._owes_snapshot else KEEP_ALIVE

    async def _snapshot(self) -> bytes:
        try:
            entries = await self._library.entries(self._person)
        except UnavailableError as error:
            self._owes_snapshot = True
            return self._interruption(str(error), OWED_SECONDS)
        self._owes_snapshot = False
        # Heard while the stores were read: each may be in what was read, or newer, or even older.
        unread = ((change.content, change.progress) for change in self._listener.take_changes())
        policies = self._catalogue.cached(self._person.tenant_id)
        current = in_order(with_changes(entries, unread, policies))
        items = [listed_item(entry.content, entry.summary) for entry in current]
        return self._event("snapshot", encode(Snapshot(items=items)))

    def _interruption(self, reason: str, retry_seconds: float) -> bytes:
        retry = round(retry_seconds * 1000)
        return self._event("interruption", encode(Interruption(reason=reason, retry_milliseconds=retry)))

    def _event(self, name: str, data: bytes) -> bytes:
        self._sent += 1
        return event(name, str(self._sent), data)
