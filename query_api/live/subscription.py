"""A Redis connection in subscribed mode that detects a silent server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Connection
from redis.exceptions import ConnectionError as RedisConnectionError

from playhead.redis.connection import connection_pool
from playhead.settings import RedisSettings
from query_api.live.channels import ChannelCommand, Verb

CONNECT_SECONDS = 2.0
SILENCE_SECONDS = 3.0
"""Redis answers every ping; a frozen Redis keeps the connection open but sends nothing."""

_VERBS: dict[bytes, Verb] = {b"subscribe": "SUBSCRIBE", b"unsubscribe": "UNSUBSCRIBE"}


@dataclass(frozen=True, slots=True)
class CommandConfirmed:
    """Redis carried out a command."""

    command: ChannelCommand


@dataclass(frozen=True, slots=True)
class ChannelMessage:
    """A message published on a channel."""

    channel: str
    message: bytes


class Subscription:
    """A connection that subscribes, unsubscribes and receives.

    A method that raises `redis.RedisError` or `OSError` has lost Redis; the subscription is then over.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def send(self, verb: Verb, channels: Sequence[str]) -> None:
        """Subscribe or unsubscribe; `receive` returns a confirmation for each channel."""
        await self._connection.send_command(verb, *channels)

    async def ping(self) -> None:
        """Ask Redis for a sign of life."""
        await self._connection.send_command("PING")

    async def receive(self) -> CommandConfirmed | ChannelMessage | None:
        """Return what arrives next; None for the answer to a ping."""
        reply = await self._connection.read_response(timeout=SILENCE_SECONDS, disconnect_on_error=False)
        if reply is None:
            raise RedisConnectionError(f"silent for {SILENCE_SECONDS:g} s")
        if not isinstance(reply, list) or reply[0] == b"pong":
            return None
        kind, channel, payload = reply
        if kind == b"message":
            return ChannelMessage(channel.decode(), payload)
        return CommandConfirmed(ChannelCommand(_VERBS[kind], channel.decode()))


@asynccontextmanager
async def subscribed(settings: RedisSettings) -> AsyncIterator[Subscription]:
    """Connect, and disconnect at the end."""
    pool = connection_pool(settings, "playhead-query-live")
    connection: Connection = pool.make_connection()
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await connection.connect()
        yield Subscription(connection)
    finally:
        await connection.disconnect(nowait=True)
        await pool.aclose()
