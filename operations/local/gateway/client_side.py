"""The two things that a client tells after its request's head: the body, and that it has gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import anyio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.types import Receive


class ClientGoneError(Exception):
    """The client closed its connection before its request was whole."""


class ClientSide:
    """Shares ASGI's one channel of messages between who reads the body and who waits for the end."""

    def __init__(self, receive: Receive, *, has_body: bool) -> None:
        self._receive = receive
        self._body_read = anyio.Event()
        if not has_body:
            self._body_read.set()

    async def body(self) -> AsyncIterator[bytes]:
        """Give the chunks as they come.

        Raises:
            ClientGoneError: the client left in the middle.
        """
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientGoneError
            more = message.get("more_body", False)
            if chunk := message.get("body", b""):
                yield chunk
        self._body_read.set()

    async def gone(self) -> None:
        """Return when the client has closed its connection."""
        await self._body_read.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass
