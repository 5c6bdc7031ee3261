"""Which channels to subscribe to, as a state machine: no I/O.

Redis answers commands in order, but late: a channel may be wanted again before it is known to be given up. So
only one command per channel is on its way at a time, and what to do next is decided when it is confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

State = Literal["subscribing", "subscribed", "unsubscribing"]
Verb = Literal["SUBSCRIBE", "UNSUBSCRIBE"]

TOGETHER = 500
"""Channels in one command to Redis: about 50 kB."""


@dataclass(frozen=True, slots=True)
class Command:
    """What Redis is to do with one channel."""

    verb: Verb
    channel: str


class Channels:
    """The channels of one connection, from its opening to its end."""

    def __init__(self) -> None:
        self._states: dict[str, State] = {}
        self._wanted: set[str] = set()

    def stands(self, channel: str) -> bool:
        """Whether every message published from now on arrives."""
        return self._states.get(channel) == "subscribed"

    def want_all(self, channels: Iterable[str]) -> list[Command]:
        """Want each of them; what to send."""
        return [command for channel in channels for command in self.want(channel)]

    def want(self, channel: str) -> list[Command]:
        """Somebody listens; what to send."""
        self._wanted.add(channel)
        return self._next(channel)

    def drop(self, channel: str) -> list[Command]:
        """Nobody listens any more; what to send."""
        self._wanted.discard(channel)
        return self._next(channel)

    def confirmed(self, verb: Verb, channel: str) -> list[Command]:
        """Redis carried out a command; what to send now."""
        if verb == "SUBSCRIBE":
            self._states[channel] = "subscribed"
        else:
            self._states.pop(channel, None)
        return self._next(channel)

    def _next(self, channel: str) -> list[Command]:
        state, wanted = self._states.get(channel), channel in self._wanted
        if wanted and state is None:
            self._states[channel] = "subscribing"
            return [Command("SUBSCRIBE", channel)]
        if not wanted and state == "subscribed":
            self._states[channel] = "unsubscribing"
            return [Command("UNSUBSCRIBE", channel)]
        return []


def together(commands: Iterable[Command]) -> Iterator[tuple[Verb, list[str]]]:
    """The commands as few for Redis to read: it takes many channels in one.

    Their order is not kept, and need not be: no two of them are about one channel.
    """
    by_verb: dict[Verb, list[str]] = {}
    for command in commands:
        by_verb.setdefault(command.verb, []).append(command.channel)
    for verb, channels in by_verb.items():
        rest = iter(channels)
        while some := list(islice(rest, TOGETHER)):
            yield verb, some
