"""One stream's bounded queue of events."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable, Iterable

from query_api.live.events import Changed, Ended, EndReason, StreamEvent

UNREAD_CHANGES = 256
"""How far a person's client may fall behind: heartbeats of ten seconds from 256 devices."""
UNREAD_MEMBERS_ITEMS = 8_192
"""How far a team's client may fall behind: one item of every member, or two of some. About 5 MB."""


class Listener:
    """Queues the events of some channels for one stream.

    A slow client is not waited for: when more events are unread than the bound allows, they are discarded and
    the stream ends. The client reconnects, and its snapshot includes what it missed.
    """

    bound = UNREAD_CHANGES

    def __init__(self, channels: Iterable[str]) -> None:
        self.channels = frozenset(channels)
        self.reason: EndReason | None = None
        """Why the stream was ended; None while it was not."""
        self.awaited: set[str] = set()
        """The channels whose subscription is not confirmed yet; kept by the hub."""
        self._events: OrderedDict[Hashable, StreamEvent] = OrderedDict()
        self._turn = 0
        self._arrived = asyncio.Event()
        self._ended = asyncio.Event()

    def push(self, event: StreamEvent) -> None:
        """Queue the event; never waits."""
        self._turn += 1
        self._queue(self._turn, event)

    def end(self, reason: EndReason) -> None:
        """End the stream at once, and discard what is unread."""
        if self._ended.is_set():
            return
        self.reason = reason
        self._events.clear()
        self._events[0] = Ended(reason)
        self._arrived.set()
        self._ended.set()

    async def ended(self) -> None:
        """Wait until the stream is over."""
        await self._ended.wait()

    async def next(self, within_seconds: float) -> StreamEvent | None:
        """Return the next event; None if none arrives in time."""
        if not self._events:
            self._arrived.clear()
            try:
                async with asyncio.timeout(within_seconds):
                    await self._arrived.wait()
            except TimeoutError:
                return None
        return self._events.popitem(last=False)[1]

    def take_changes(self) -> list[Changed]:
        """Take the unread changes, up to the first event of another type."""
        changes: list[Changed] = []
        while self._events and isinstance(change := next(iter(self._events.values())), Changed):
            changes.append(change)
            self._events.popitem(last=False)
        return changes

    def _queue(self, key: Hashable, event: StreamEvent) -> None:
        """Add the event, or replace the unread one of the same key."""
        if self._ended.is_set():
            return
        if key not in self._events and len(self._events) >= self.bound:
            self.end("slow")
            return
        self._events[key] = event
        self._arrived.set()


class TeamListener(Listener):
    """Queues the changes of many people, and of each item only the latest, which includes those before.

    So the team's size bounds what is unread, however busy the team is.
    """

    bound = UNREAD_MEMBERS_ITEMS
    changes = 0
    """The number of changes so far."""

    def push(self, event: StreamEvent) -> None:
        """Queue the event; never waits."""
        if isinstance(event, Changed):
            self.changes += 1
            change = event.of_member
            # With the turn, a change after another event, such as an interruption, replaces none before it.
            self._queue((self._turn, change.user, change.content), change)
        else:
            super().push(event)
