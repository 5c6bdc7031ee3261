"""Clients of live streams, as many as it takes, on one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass

Receive = Callable[[bytes, bytes], None]
"""Given an event's name and its data."""

RECEIVE_BYTES = 4_096
"""A client's own buffer, so small that one who stops reading is soon noticed."""
OPENING_AT_ONCE = 20
OPEN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A stream to open."""

    path: str
    token: str


class Stream(asyncio.Protocol):
    """One stream, received event by event."""

    def __init__(self, asked: Asked, receive: Receive) -> None:
        self.snapshots = 0
        self.changes = 0
        self.begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Done with the first snapshot; failed where there is none."""
        self._over = asyncio.Event()
        self._asked = asked
        self._receive = receive
        self._rest = b""
        self._name = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream of bytes is needed")
        self._transport = transport
        lines = [
            f"GET {self._asked.path} HTTP/1.1",
            "Host: bench",
            f"Authorization: Bearer {self._asked.token}",
        ]
        transport.write("\r\n".join([*lines, "", ""]).encode())

    def data_received(self, data: bytes) -> None:
        """Receive the events that are whole; skip what frames them: sizes of chunks and comments."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line.startswith(b"event: "):
                self._name = line[7:]
            elif line.startswith(b"data: "):
                self._heard(line[6:])

    def connection_lost(self, exc: Exception | None) -> None:
        """The stream is over."""
        self._over.set()
        if not self.begun.done():
            self.begun.set_exception(exc or ConnectionError("no stream was given"))

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self._over.is_set()

    def stop_reading(self) -> None:
        """Leave everything from now on unread."""
        self._transport.pause_reading()

    async def close(self) -> None:
        """Go."""
        self._transport.abort()
        await self._over.wait()

    def _heard(self, data: bytes) -> None:
        if self._name == b"snapshot":
            self.snapshots += 1
            if not self.begun.done():
                self.begun.set_result(None)
        else:
            self.changes += self._name == b"change"
        self._receive(self._name, data)


@contextlib.asynccontextmanager
async def open_streams(
    address: tuple[str, int], asked: Iterable[Asked], receive: Receive
) -> AsyncIterator[list[Stream]]:
    """The streams, each with its first snapshot."""
    turn = asyncio.Semaphore(OPENING_AT_ONCE)

    async def opened(one: Asked) -> Stream:
        async with turn, asyncio.timeout(OPEN_SECONDS):
            stream = await _connect(address, one, receive)
            await stream.begun
        return stream

    streams = list(await asyncio.gather(*map(opened, asked)))
    try:
        yield streams
    finally:
        for stream in streams:
            await stream.close()


async def _connect(address: tuple[str, int], asked: Asked, receive: Receive) -> Stream:
    loop = asyncio.get_running_loop()
    connection = socket.socket()
    connection.setblocking(False)  # noqa: FBT003 - its one argument
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
    await loop.sock_connect(connection, address)
    _, stream = await loop.create_connection(lambda: Stream(asked, receive), sock=connection)
    return stream
