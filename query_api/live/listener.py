"""One stream's end of the hub: a bounded queue of news."""

from __future__ import annotations

import asyncio
from collections import deque

from query_api.live.events import Changed, Ended, EndReason, News


class Listener:
    """Hears the news of one channel.

    A client that does not keep up is not waited for: past `bound` unread news they are forgotten and the
    stream ends. The client connects again, and its snapshot tells what it missed.
    """

    def __init__(self, channel: str, bound: int) -> None:
        self.channel = channel
        self._bound = bound
        self._news: deque[News] = deque()
        self._arrived = asyncio.Event()
        self._ended = asyncio.Event()

    def hear(self, news: News) -> None:
        """Queue the news; never waits."""
        if self._ended.is_set():
            return
        if len(self._news) >= self._bound:
            self.end("slow")
            return
        self._news.append(news)
        self._arrived.set()

    def end(self, reason: EndReason) -> None:
        """End the stream at once, whatever is unread."""
        if self._ended.is_set():
            return
        self._news.clear()
        self._news.append(Ended(reason))
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
        return self._news.popleft()

    def take_changes(self) -> list[Changed]:
        """Take the unread changes, up to the first other news."""
        changes: list[Changed] = []
        while self._news and isinstance(change := self._news[0], Changed):
            changes.append(change)
            self._news.popleft()
        return changes
