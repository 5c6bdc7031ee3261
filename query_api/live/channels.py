"""The subscriptions of one Redis connection, as a state machine without I/O.

Redis answers commands in order, but late: a channel may be wanted again before Redis has confirmed its
removal. So each channel has one command in flight at most, and its confirmation decides the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

ChannelState = Literal["subscribing", "subscribed", "unsubscribing"]
Verb = Literal["SUBSCRIBE", "UNSUBSCRIBE"]

TOGETHER = 500
"""Channels in one command to Redis: about 50 kB."""


@dataclass(frozen=True, slots=True)
class ChannelCommand:
    """A command for Redis about one channel."""

    verb: Verb
    channel: str


class Channels:
    """The channels of one connection. Each method returns the commands to send."""

    def __init__(self) -> None:
        self._states: dict[str, ChannelState] = {}
        self._wanted: set[str] = set()

    def is_subscribed(self, channel: str) -> bool:
        """Return whether every message published from now on arrives."""
        return self._states.get(channel) == "subscribed"

    def want_all(self, channels: Iterable[str]) -> list[ChannelCommand]:
        """Want each of these channels."""
        return [command for channel in channels for command in self.want(channel)]

    def want(self, channel: str) -> list[ChannelCommand]:
        """Note that a listener needs the channel."""
        self._wanted.add(channel)
        return self._next(channel)

    def drop(self, channel: str) -> list[ChannelCommand]:
        """Note that no listener needs the channel."""
        self._wanted.discard(channel)
        return self._next(channel)

    def confirmed(self, verb: Verb, channel: str) -> list[ChannelCommand]:
        """Note that Redis carried out a command."""
        if verb == "SUBSCRIBE":
            self._states[channel] = "subscribed"
        else:
            self._states.pop(channel, None)
        return self._next(channel)

    def _next(self, channel: str) -> list[ChannelCommand]:
        state, wanted = self._states.get(channel), channel in self._wanted
        if wanted and state is None:
            self._states[channel] = "subscribing"
            return [ChannelCommand("SUBSCRIBE", channel)]
        if not wanted and state == "subscribed":
            self._states[channel] = "unsubscribing"
            return [ChannelCommand("UNSUBSCRIBE", channel)]
        return []


def together(commands: Iterable[ChannelCommand]) -> Iterator[tuple[Verb, list[str]]]:
    """Combine commands into few: Redis takes many channels in one.

    The order is not kept, and need not be: no two of them are about one channel.
    """
    by_verb: dict[Verb, list[str]] = {}
    for command in commands:
        by_verb.setdefault(command.verb, []).append(command.channel)
    for verb, channels in by_verb.items():
        rest = iter(channels)
        while some := list(islice(rest, TOGETHER)):
            yield verb, some
