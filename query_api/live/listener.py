"""One stream's end of the hub: a bounded queue of news."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Hashable, Iterable

from query_api.live.events import Changed, Ended, EndReason, News

UNREAD_CHANGES = 256
"""What a live client may be behind: 256 people's worth of heartbeats in ten seconds, for one person."""
UNREAD_MEMBERS_ITEMS = 8_192
"""The same for a team, whose members each watch one item, or change to another. About 5 MB."""


class Listener:
    """Hears the news of some channels.

    A client that does not keep up is not waited for: past a bound of unread news they are forgotten and the
    stream ends. The client connects again, and its snapshot tells what it missed.
    """

    bound = UNREAD_CHANGES

    def __init__(self, channels: Iterable[str]) -> None:
        self.channels = frozenset(channels)
        self.reason: EndReason | None = None
        """Why it was ended; None where it was not."""
        self.awaited: set[str] = set()
        """Of the channels, those that do not stand yet; the hub's."""
        self._news: OrderedDict[Hashable, News] = OrderedDict()
        self._turn = 0
        self._arrived = asyncio.Event()
        self._ended = asyncio.Event()

    def hear(self, news: News) -> None:
        """Queue the news; never waits."""
        self._turn += 1
        self._queue(self._turn, news)

    def end(self, reason: EndReason) -> None:
        """End the stream at once, whatever is unread."""
        if self._ended.is_set():
            return
        self.reason = reason
        self._news.clear()
        self._news[0] = Ended(reason)
        self._arrived.set()
        self._ended.set()

    async def ended(self) -> None:
        """Wait until the stream is over."""
        await self._ended.wait()

    async def next(self, within_seconds: float) -> News | None:
        """The next news, or None where there is none within this time."""
        if not self._news:
            self._arrived.clear()
            try:
                async with asyncio.timeout(within_seconds):
                    await self._arrived.wait()
            except TimeoutError:
                return None
        return self._news.popitem(last=False)[1]

    def take_changes(self) -> list[Changed]:
        """Take the unread changes, up to the first other news."""
        changes: list[Changed] = []
        while self._news and isinstance(change := next(iter(self._news.values())), Changed):
            changes.append(change)
            self._news.popitem(last=False)
        return changes

    def _queue(self, key: Hashable, news: News) -> None:
        """Add the news, in the place of unread ones of the same key."""
        if self._ended.is_set():
            return
        if key not in self._news and len(self._news) >= self.bound:
            self.end("slow")
            return
        self._news[key] = news
        self._arrived.set()


class TeamListener(Listener):
    """Hears the changes of many people. Of an item only the latest is kept, as it tells all of it.

    So what a slow client can be behind has a limit that the team's size sets, however busy the team is.
    """

    bound = UNREAD_MEMBERS_ITEMS
    changes = 0
    """Heard so far."""

    def hear(self, news: News) -> None:
        """Queue the news; never waits."""
        if isinstance(news, Changed):
            self.changes += 1
            change = news.of_member
            # The turn tells it from a change before other news, such as an interruption.
            self._queue((self._turn, change.user, change.content), change)
        else:
            super().hear(news)
