"""The hub: one subscription to Redis for all streams of the process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from itertools import count

from redis.exceptions import RedisError

from playhead.causes import cause_of
from playhead.retry import Backoff
from playhead.wire.errors import WireError
from query_api.live.changes import Read
from query_api.live.channels import Channels, Command, together
from query_api.live.events import Aged, Attached, Detached, EndReason, News
from query_api.live.listener import Listener
from query_api.live.subscription import Confirmed, Published, Subscription, subscribed

PING_SECONDS = 1.0
RETRY = Backoff(first_seconds=0.2, longest_seconds=5.0)

CHANNELS = 100_000
"""People listened to, at most, by all streams together: some 70 MB."""
TURN = 20
"""Messages passed on before others get a turn of the event loop: some 3 ms of changes."""

_log = logging.getLogger(__name__)


class FullError(Exception):
    """As many streams as there may be."""


class Hub:
    """Passes changes on to whoever listens, and tells them when it cannot."""

    def __init__(self, redis_url: str, read: Read, *, max_streams: int, retry: Backoff = RETRY) -> None:
        """Describe the hub; `run` works.

        Args:
            redis_url: Where changes are published.
            read: Makes a change of a message, once for all who hear it.
            max_streams: How many may listen.
            retry: How long to wait before connecting again.
        """
        self._url = redis_url
        self._read = read
        self._max_streams = max_streams
        self._retry = retry
        self._everybody: set[Listener] = set()
        self._listeners: dict[str, set[Listener]] = {}
        self._channels = Channels()
        self._outbox: asyncio.Queue[Command] = asyncio.Queue()
        self._away: Detached | None = Detached("not connected yet", retry.after(1))
        self._over: EndReason | None = None

    def join(self, listener: Listener) -> None:
        """Listen to the listener's channels; `leave` in the end.

        Raises:
            FullError: too many listen already, or to too many.
        """
        if len(self._everybody) >= self._max_streams:
            raise FullError
        self._make_sure_of_room(listener.channels)
        self._everybody.add(listener)
        self._add(listener, listener.channels)
        self._greet(listener)

    def move(self, listener: Listener, channels: frozenset[str]) -> bool:
        """Listen to other channels instead; whether they are others. If so, a snapshot is called for anew.

        Raises:
            FullError: there are too many of them; the listener stays where it was.
        """
        before = listener.channels
        if channels == before:
            return False
        self._make_sure_of_room(channels)
        listener.channels = channels
        self._add(listener, channels - before)
        self._remove(listener, before - channels)
        if self._away is None:
            self._await_channels(listener)
        else:
            listener.hear(Aged())
        return True

    def leave(self, listener: Listener) -> None:
        """Listen no more."""
        self._everybody.remove(listener)
        self._remove(listener, listener.channels)

    def end(self, reason: EndReason) -> None:
        """End every stream, and those yet to come."""
        self._over = reason
        for listener in self._everybody:
            listener.end(reason)

    async def run(self) -> None:
        """Keep the subscription up until cancelled."""
        failures = 0
        while True:
            try:
                await self._listen()
            except* (RedisError, OSError) as group:
                _log.info("the live subscription was lost: %s", group.exceptions[0])
                reason = f"redis: {cause_of(group.exceptions[0])}"
            except* Exception:  # noqa: BLE001 - an unknown failure must not end live streams until a restart
                _log.exception("the live subscription failed")
                reason = "the live subscription failed"
            failures = 1 if self._away is None else failures + 1
            pause = self._retry.after(failures)
            self._lose(reason, pause)
            await asyncio.sleep(pause)

    async def _listen(self) -> None:
        async with subscribed(self._url) as subscription, asyncio.TaskGroup() as group:
            self._channels, self._outbox, self._away = Channels(), asyncio.Queue(), None
            self._send(self._channels.want_all(self._listeners))
            for listener in self._everybody:
                self._await_channels(listener)
            group.create_task(self._write(subscription))
            group.create_task(self._receive(subscription))

    async def _write(self, subscription: Subscription) -> None:
        while True:
            try:
                async with asyncio.timeout(PING_SECONDS):
                    commands = [await self._outbox.get()]
            except TimeoutError:
                await subscription.ping()
                continue
            while not self._outbox.empty():
                commands.append(self._outbox.get_nowait())
            for verb, channels in together(commands):
                await subscription.send(verb, channels)

    async def _receive(self, subscription: Subscription) -> None:
        for received in count(1):
            match await subscription.receive():
                case Confirmed(Command(verb, channel)):
                    self._send(self._channels.confirmed(verb, channel))
                    if self._channels.stands(channel):
                        self._tell_of_standing(channel)
                case Published(channel, message) if channel in self._listeners:
                    self._pass_on(channel, message)
            if received % TURN == 0:
                await asyncio.sleep(0)  # receiving does not wait while there is more to receive

    def _tell_of_standing(self, channel: str) -> None:
        for listener in self._listeners.get(channel, ()):
            if channel in listener.awaited:
                listener.awaited.remove(channel)
                if not listener.awaited:
                    listener.hear(Attached())

    def _pass_on(self, channel: str, message: bytes) -> None:
        try:
            change = self._read(channel, message)
        except WireError:
            _log.exception("a live message cannot be read; its listeners miss a change")
            return
        self._tell(self._listeners[channel], change)

    def _lose(self, reason: str, retry_seconds: float) -> None:
        before, self._away = self._away, Detached(reason, retry_seconds)
        if before is None or before.reason != reason:
            _log.warning("live changes cannot be heard: %s", reason)
        if before is None:
            self._tell(self._everybody, self._away)

    def _greet(self, listener: Listener) -> None:
        if self._over is not None:
            listener.end(self._over)
        elif self._away is not None:
            listener.hear(self._away)
        else:
            self._await_channels(listener)

    def _await_channels(self, listener: Listener) -> None:
        listener.awaited = {channel for channel in listener.channels if not self._channels.stands(channel)}
        if not listener.awaited:
            listener.hear(Attached())

    def _make_sure_of_room(self, channels: frozenset[str]) -> None:
        new = sum(channel not in self._listeners for channel in channels)
        if new and len(self._listeners) + new > CHANNELS:
            raise FullError

    def _add(self, listener: Listener, channels: frozenset[str]) -> None:
        for channel in channels:
            self._listeners.setdefault(channel, set()).add(listener)
        self._send(self._channels.want_all(channels))

    def _remove(self, listener: Listener, channels: frozenset[str]) -> None:
        for channel in channels:
            others = self._listeners[channel]
            others.remove(listener)
            if not others:
                del self._listeners[channel]
                self._send(self._channels.drop(channel))

    def _tell(self, listeners: Iterable[Listener], news: News) -> None:
        for listener in listeners:
            listener.hear(news)

    def _send(self, commands: Iterable[Command]) -> None:
        for command in commands:
            self._outbox.put_nowait(command)
