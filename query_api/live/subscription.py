"""One Redis connection in subscribed mode, which notices when the other side falls silent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Connection, ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from query_api.live.channels import Command, Verb

CONNECT_SECONDS = 2.0
SILENCE_SECONDS = 3.0
"""Redis answers each ping; one that is frozen keeps the connection open and says nothing."""

_VERBS: dict[bytes, Verb] = {b"subscribe": "SUBSCRIBE", b"unsubscribe": "UNSUBSCRIBE"}


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Redis carried out what it was told of one channel."""

    command: Command


@dataclass(frozen=True, slots=True)
class Published:
    """A message of a channel."""

    channel: str
    message: bytes


class Subscription:
    """A connection that subscribes, unsubscribes and receives.

    Every method raises `redis.RedisError` or `OSError` when Redis is gone; the subscription is then over.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def send(self, verb: Verb, channels: Sequence[str]) -> None:
        """Subscribe or unsubscribe; the confirmation of each channel is received like a message."""
        await self._connection.send_command(verb, *channels)

    async def ping(self) -> None:
        """Make Redis say something."""
        await self._connection.send_command("PING")

    async def receive(self) -> Confirmed | Published | None:
        """What comes next; None for an answer to a ping."""
        reply = await self._connection.read_response(timeout=SILENCE_SECONDS, disconnect_on_error=False)
        if reply is None:
            raise RedisConnectionError(f"silent for {SILENCE_SECONDS:g} s")
        if not isinstance(reply, list) or reply[0] == b"pong":
            return None
        kind, channel, payload = reply
        if kind == b"message":
            return Published(channel.decode(), payload)
        return Confirmed(Command(_VERBS[kind], channel.decode()))


@asynccontextmanager
async def subscribed(url: str) -> AsyncIterator[Subscription]:
    """A connection of its own, closed at the end."""
    # RESP2: replies and messages come as plain lists, in one order. No retries: whoever asked knows better.
    # No socket_timeout: with one, redis sends through asyncio.wait_for, which until Python 3.12 may swallow
    # the cancellation of whoever sends.
    pool: ConnectionPool = ConnectionPool.from_url(
        url, protocol=2, retry=Retry(NoBackoff(), 0), socket_timeout=None
    )
    connection: Connection = pool.make_connection()  # type: ignore[no-untyped-call]  # redis leaves it so
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await connection.connect()  # type: ignore[no-untyped-call]  # redis leaves it so
        yield Subscription(connection)
    finally:
        await connection.disconnect(nowait=True)
