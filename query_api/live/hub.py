"""The hub: one Redis subscription for all streams of the process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from itertools import count

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from playhead.causes import cause_of
from playhead.hot.partitions import UNKNOWN_SECONDS, HotKeys
from playhead.redis.refusals import explained
from playhead.retry import Backoff
from playhead.wire.errors import WireError
from query_api.live.channels import ChannelCommand, Channels, together
from query_api.live.events import Aged, Attached, DecodeChange, Detached, EndReason, StreamEvent
from query_api.live.listener import Listener
from query_api.live.sharded import LiveRedis, ShardedSubscription
from query_api.live.subscription import ChannelMessage, CommandConfirmed, Subscription

PING_SECONDS = 1.0
RETRY = Backoff(first_seconds=0.2, longest_seconds=5.0)

CHANNELS = 100_000
"""The most channels of all streams together: some 70 MB."""
TURN = 20
"""Messages distributed before other tasks of the event loop run: some 3 ms of changes."""

KEYS_SECONDS = 2.0
"""For Redis to say by which keys changes are published, and between two such questions."""

_log = logging.getLogger(__name__)

LiveSubscription = Subscription | ShardedSubscription
ReadKeys = Callable[[], Awaitable[HotKeys]]


class FullError(Exception):
    """The limit of streams or channels is reached."""


class Hub:
    """Distributes changes to listeners, and reports to them when it receives none.

    A listener's channels are people (`tenant:user`); their names in Redis follow from the number of
    partitions. When that changes, the hub connects again, and every stream sends a new snapshot.
    """

    def __init__(
        self,
        redis: LiveRedis,
        decode: DecodeChange,
        *,
        max_streams: int,
        retry: Backoff = RETRY,
        keys: ReadKeys | None = None,
    ) -> None:
        """Configure the hub; `run` connects.

        Args:
            redis: Where changes are published.
            decode: Decodes a message, once for all its listeners.
            max_streams: The most listeners.
            retry: The pauses between attempts to connect.
            keys: Reads the keys by which changes are published; by default the former ones.
        """
        self._redis = redis
        self._decode = decode
        self._max_streams = max_streams
        self._retry = retry
        self._read_keys = keys
        self._keys = self._former_keys = HotKeys(None, redis.names)
        self._all: set[Listener] = set()
        self._by_channel: dict[str, set[Listener]] = {}
        self._channels = Channels()
        self._outbox: asyncio.Queue[ChannelCommand] = asyncio.Queue()
        self._away: Detached | None = Detached("not connected yet", retry.after(1))
        self._over: EndReason | None = None

    def join(self, listener: Listener) -> None:
        """Subscribe to the listener's channels, until `leave`.

        Raises:
            FullError: there are too many listeners or channels.
        """
        if len(self._all) >= self._max_streams:
            raise FullError
        self._check_room(listener.channels)
        self._all.add(listener)
        self._add(listener, listener.channels)
        if self._over is not None:
            listener.end(self._over)
        elif self._away is not None:
            listener.push(self._away)
        else:
            self._await_channels(listener)

    def move(self, listener: Listener, channels: frozenset[str]) -> bool:
        """Subscribe to these channels instead, and return whether they differ; if so, a new snapshot is due.

        Raises:
            FullError: there are too many of them; the listener keeps its channels.
        """
        before = listener.channels
        if channels == before:
            return False
        self._check_room(channels)
        listener.channels = channels
        self._add(listener, channels - before)
        self._remove(listener, before - channels)
        if self._away is None:
            self._await_channels(listener)
        else:
            listener.push(Aged())
        return True

    def leave(self, listener: Listener) -> None:
        """Unsubscribe the listener."""
        self._all.remove(listener)
        self._remove(listener, listener.channels)

    def end(self, reason: EndReason) -> None:
        """End every stream, and those that join later."""
        self._over = reason
        for listener in self._all:
            listener.end(reason)

    async def run(self) -> None:
        """Keep the subscription up until cancelled."""
        failures = 0
        while True:
            try:
                await self._listen()
            except* (RedisError, OSError) as group:
                lost = group.exceptions[0]
                _log.info("the live subscription was lost: %s", explained(lost) or lost)
                reason = f"redis: {cause_of(group.exceptions[0])}"
            except* Exception:  # noqa: BLE001 - an unknown failure must not end live streams until a restart
                _log.exception("the live subscription failed")
                reason = "the live subscription failed"
            failures = 1 if self._away is None else failures + 1
            pause = self._retry.after(failures)
            self._lose(reason, pause)
            await asyncio.sleep(pause)

    async def _listen(self) -> None:
        self._keys = await self._current_keys()
        async with self._redis.subscribed() as subscription, asyncio.TaskGroup() as group:
            self._channels, self._outbox, self._away = Channels(), asyncio.Queue(), None
            self._send(self._channels.want_all(self._by_channel))
            for listener in self._all:
                self._await_channels(listener)
            group.create_task(self._write(subscription))
            group.create_task(self._receive(subscription))
            group.create_task(self._watch_keys())

    async def _current_keys(self) -> HotKeys:
        if self._read_keys is None:
            return self._former_keys
        async with asyncio.timeout(KEYS_SECONDS):
            return await self._read_keys()

    async def _watch_keys(self) -> None:
        while True:
            await asyncio.sleep(KEYS_SECONDS if self._keys.partitions else UNKNOWN_SECONDS)
            if (found := await self._current_keys()) != self._keys:
                raise RedisConnectionError(f"changes are now published by {found.partitions} partitions")

    async def _write(self, subscription: LiveSubscription) -> None:
        while True:
            try:
                async with asyncio.timeout(PING_SECONDS):
                    commands = [await self._outbox.get()]
            except TimeoutError:
                await subscription.ping()
                continue
            while not self._outbox.empty():
                commands.append(self._outbox.get_nowait())
            for verb, people in together(commands):
                await subscription.send(verb, [self._keys.channel_of(person) for person in people])

    async def _receive(self, subscription: LiveSubscription) -> None:
        for received in count(1):
            match await subscription.receive():
                case CommandConfirmed(ChannelCommand(verb, name)):
                    channel = self._redis.names.person_of_channel(name)
                    self._send(self._channels.confirmed(verb, channel))
                    if self._channels.is_subscribed(channel):
                        self._confirm(channel)
                case ChannelMessage(name, message) if (
                    channel := self._redis.names.person_of_channel(name)
                ) in self._by_channel:
                    self._distribute(channel, message)
            if received % TURN == 0:
                await asyncio.sleep(0)  # receiving does not wait while more messages have arrived

    def _confirm(self, channel: str) -> None:
        for listener in self._by_channel.get(channel, ()):
            if channel in listener.awaited:
                listener.awaited.remove(channel)
                if not listener.awaited:
                    listener.push(Attached())

    def _distribute(self, channel: str, message: bytes) -> None:
        try:
            change = self._decode(channel, message)
        except WireError:
            _log.exception("a live message cannot be decoded; its listeners miss a change")
            return
        self._push(self._by_channel[channel], change)

    def _lose(self, reason: str, retry_seconds: float) -> None:
        before, self._away = self._away, Detached(reason, retry_seconds)
        if before is None or before.reason != reason:
            _log.warning("live changes cannot be received: %s", reason)
        if before is None:
            self._push(self._all, self._away)

    def _await_channels(self, listener: Listener) -> None:
        listener.awaited = {
            channel for channel in listener.channels if not self._channels.is_subscribed(channel)
        }
        if not listener.awaited:
            listener.push(Attached())

    def _check_room(self, channels: frozenset[str]) -> None:
        new = sum(channel not in self._by_channel for channel in channels)
        if new and len(self._by_channel) + new > CHANNELS:
            raise FullError

    def _add(self, listener: Listener, channels: frozenset[str]) -> None:
        for channel in channels:
            self._by_channel.setdefault(channel, set()).add(listener)
        self._send(self._channels.want_all(channels))

    def _remove(self, listener: Listener, channels: frozenset[str]) -> None:
        for channel in channels:
            others = self._by_channel[channel]
            others.remove(listener)
            if not others:
                del self._by_channel[channel]
                self._send(self._channels.drop(channel))

    def _push(self, listeners: Iterable[Listener], event: StreamEvent) -> None:
        for listener in listeners:
            listener.push(event)

    def _send(self, commands: Iterable[ChannelCommand]) -> None:
        for command in commands:
            self._outbox.put_nowait(command)
