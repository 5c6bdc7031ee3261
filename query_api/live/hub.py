"""The hub: one subscription to Redis for all streams of the process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from redis.exceptions import RedisError

from playhead.wire.errors import WireError
from query_api.live.channels import Channels, Command
from query_api.live.events import Attached, Changed, Detached, EndReason, News
from query_api.live.listener import Listener
from query_api.live.subscription import Confirmed, Published, Subscription, subscribed

PING_SECONDS = 1.0
FIRST_RETRY_SECONDS = 0.2
LAST_RETRY_SECONDS = 5.0

_log = logging.getLogger(__name__)

Read = Callable[[bytes], Changed]
"""A message of a live channel as a change; raises WireError."""


class FullError(Exception):
    """As many streams as there may be."""


class Hub:
    """Passes changes on to whoever listens, and tells them when it cannot."""

    def __init__(self, redis_url: str, read: Read, *, max_streams: int, bound: int) -> None:
        """Describe the hub; `run` works.

        Args:
            redis_url: Where changes are published.
            read: Makes a change of a message, once for all who hear it.
            max_streams: How many may listen.
            bound: How much a listener may leave unread.
        """
        self._url = redis_url
        self._read = read
        self._max_streams = max_streams
        self._bound = bound
        self._listeners: dict[str, set[Listener]] = {}
        self._streams = 0
        self._channels = Channels()
        self._outbox: asyncio.Queue[Command] = asyncio.Queue()
        self._away: Detached | None = Detached("not connected yet", FIRST_RETRY_SECONDS)
        self._over: EndReason | None = None

    @property
    def streams(self) -> int:
        """How many listen."""
        return self._streams

    def join(self, channel: str) -> Listener:
        """Listen to a channel; `leave` it in the end.

        Raises:
            FullError: too many listen already.
        """
        if self._streams >= self._max_streams:
            raise FullError
        listener = Listener(channel, self._bound)
        self._listeners.setdefault(channel, set()).add(listener)
        self._streams += 1
        self._send(self._channels.want(channel))
        self._greet(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Listen no more."""
        others = self._listeners[listener.channel]
        others.remove(listener)
        self._streams -= 1
        if not others:
            del self._listeners[listener.channel]
            self._send(self._channels.drop(listener.channel))

    def end(self, reason: EndReason) -> None:
        """End every stream, and those yet to come."""
        self._over = reason
        for listener in self._everybody():
            listener.end(reason)

    async def run(self) -> None:
        """Keep the subscription up until cancelled."""
        failures = 0
        while True:
            try:
                await self._listen()
            except* (RedisError, OSError) as group:
                failures = 0 if self._away is None else failures + 1
                retry = min(LAST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2**failures)
                self._lose(str(group.exceptions[0]), retry)
            await asyncio.sleep(retry)

    async def _listen(self) -> None:
        async with subscribed(self._url) as subscription, asyncio.TaskGroup() as group:
            self._channels, self._outbox, self._away = Channels(), asyncio.Queue(), None
            self._send(self._channels.want_all(self._listeners))
            group.create_task(self._write(subscription))
            group.create_task(self._receive(subscription))

    async def _write(self, subscription: Subscription) -> None:
        while True:
            try:
                async with asyncio.timeout(PING_SECONDS):
                    command = await self._outbox.get()
            except TimeoutError:
                await subscription.ping()
            else:
                await subscription.send(command)

    async def _receive(self, subscription: Subscription) -> None:
        while True:
            match await subscription.receive():
                case Confirmed(Command(verb, channel)):
                    self._send(self._channels.confirmed(verb, channel))
                    if self._channels.stands(channel):
                        self._tell(self._listeners.get(channel, ()), Attached())
                case Published(channel, message) if channel in self._listeners:
                    self._pass_on(channel, message)

    def _pass_on(self, channel: str, message: bytes) -> None:
        try:
            change = self._read(message)
        except WireError:
            _log.exception("a live message cannot be read; its listeners miss a change")
            return
        self._tell(self._listeners[channel], change)

    def _lose(self, reason: str, retry_seconds: float) -> None:
        before, self._away = self._away, Detached(reason, retry_seconds)
        if before is None or before.reason != reason:
            _log.warning("live changes cannot be heard: %s", reason)
        if before is None:
            self._tell(self._everybody(), self._away)

    def _greet(self, listener: Listener) -> None:
        if self._over is not None:
            listener.end(self._over)
        elif self._away is not None:
            listener.hear(self._away)
        elif self._channels.stands(listener.channel):
            listener.hear(Attached())

    def _tell(self, listeners: Iterable[Listener], news: News) -> None:
        for listener in listeners:
            listener.hear(news)

    def _everybody(self) -> Iterable[Listener]:
        return [listener for among in self._listeners.values() for listener in among]

    def _send(self, commands: Iterable[Command]) -> None:
        for command in commands:
            self._outbox.put_nowait(command)
