"""Sends the head of an answer together with the first part of its body: one system call and one packet."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle


class CorkedTransport:
    """What one uvicorn request writes its answer to.

    uvicorn writes the head when `http.response.start` is sent, and the event loop sends each write at once.
    The head of an answer with a Content-Length waits for the body; that of a stream does not.
    """

    __slots__ = ("_cycle", "_has_begun", "_head", "_transport")

    def __init__(self, cycle: RequestResponseCycle, transport: asyncio.Transport) -> None:
        self._cycle = cycle
        self._transport = transport
        self._head = b""
        self._has_begun = False

    def write(self, data: bytes) -> None:
        """Write, or hold the head back."""
        if self._head:
            head, self._head = self._head, b""
            self._transport.writelines((head, data))
        elif not self._has_begun and self._cycle.expected_content_length and self._has_body:
            self._head, self._has_begun = data, True
        else:
            self._transport.write(data)

    def close(self) -> None:
        """Close after what was written, a head without its body included."""
        if self._head:
            self._transport.write(self._head)
            self._head = b""
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether the connection is closing or closed."""
        return self._transport.is_closing()

    @property
    def _has_body(self) -> bool:
        return self._cycle.scope["method"] != "HEAD"
