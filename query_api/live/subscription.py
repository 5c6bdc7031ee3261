"""A Redis connection in subscribed mode that detects a silent server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Connection
from redis.exceptions import ConnectionError as RedisConnectionError

from playhead.redis.connection import connection_pool, settings_of_node
from playhead.redis.topology import NodeAddress
from playhead.settings import RedisSettings
from query_api.live.channels import ChannelCommand, Verb

CONNECT_SECONDS = 2.0
SILENCE_SECONDS = 3.0
"""Redis answers every ping; a frozen Redis keeps the connection open but sends nothing."""

_VERBS: dict[bytes, Verb] = {
    b"subscribe": "SUBSCRIBE",
    b"unsubscribe": "UNSUBSCRIBE",
    b"ssubscribe": "SUBSCRIBE",
    b"sunsubscribe": "UNSUBSCRIBE",
}
_MESSAGES = (b"message", b"smessage")


@dataclass(frozen=True, slots=True)
class CommandConfirmed:
    """Redis carried out a command."""

    command: ChannelCommand


@dataclass(frozen=True, slots=True)
class ChannelMessage:
    """A message published on a channel."""

    channel: str
    message: bytes


Received = CommandConfirmed | ChannelMessage | None


class Subscription:
    """A connection that subscribes, unsubscribes and receives.

    A method that raises `redis.RedisError` or `OSError` has lost Redis; the subscription is then over.
    """

    def __init__(self, connection: Connection, *, is_sharded: bool = False) -> None:
        """Use a connection.

        Args:
            connection: Connected, and used for nothing else.
            is_sharded: Whether it is of a node of Redis Cluster, by whose sharded channels it subscribes.
        """
        self._connection = connection
        self._is_sharded = is_sharded
        self._leaving: set[str] = set()

    async def send(self, verb: Verb, channels: Sequence[str]) -> None:
        """Subscribe or unsubscribe; `receive` returns a confirmation for each channel."""
        if not self._is_sharded:
            await self._connection.send_command(verb, *channels)
            return
        if verb == "UNSUBSCRIBE":
            self._leaving.update(channels)
        await self._connection.send_command(f"S{verb}", *channels)

    async def ping(self) -> None:
        """Ask Redis for a sign of life."""
        await self._connection.send_command("PING")

    async def receive(self) -> Received:
        """Return what arrives next; None for the answer to a ping."""
        reply = await self._connection.read_response(timeout=SILENCE_SECONDS, disconnect_on_error=False)
        if reply is None:
            raise RedisConnectionError(f"silent for {SILENCE_SECONDS:g} s")
        if not isinstance(reply, list) or reply[0] == b"pong":
            return None
        kind, channel, payload = reply
        name = channel.decode()
        if kind in _MESSAGES:
            return ChannelMessage(name, payload)
        if kind == b"sunsubscribe":
            if name not in self._leaving:
                raise RedisConnectionError("the slot of a channel has moved to another node")
            self._leaving.remove(name)
        return CommandConfirmed(ChannelCommand(_VERBS[kind], name))


@asynccontextmanager
async def subscribed(
    settings: RedisSettings, *, node: NodeAddress | None = None
) -> AsyncIterator[Subscription]:
    """Connect, to a node if it is one of a cluster, and disconnect at the end."""
    if node is not None:
        settings = settings_of_node(settings, node)
    pool = connection_pool(settings, "playhead-query-live")
    connection: Connection = pool.make_connection()
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await connection.connect()
        yield Subscription(connection, is_sharded=node is not None)
    finally:
        await connection.disconnect(nowait=True)
        await pool.aclose()
