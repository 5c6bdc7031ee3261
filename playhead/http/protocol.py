"""HTTP/1.1 by uvicorn and httptools, with limits of size and time that neither of them has.

A client that sends slowly, or only a part of a request, would otherwise hold its connection for ever.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from playhead.http.common_headers import NO_SNIFFING
from playhead.http.problems import MEDIA_TYPE, Problem, problem_body

Receiving = Literal["nothing", "head", "body"]


@dataclass(frozen=True, slots=True)
class ReceiveLimits:
    """The limits for sending a request."""

    head_seconds: float = 10.0
    """From the connection, or the first byte of a later request, to the end of the headers: a packet or
    two."""
    body_seconds: float = 60.0
    """From there to the end of the body, unless the application limits it itself."""
    head_bytes: int = 65_536
    """Request line and headers. The longest address of a page, with 500 items, takes a third of it."""


LIMITS = ReceiveLimits()


class _RefusedError(Exception):
    """Ends the parsing of a refused request."""


class LimitedProtocol(HttpToolsProtocol):
    """One connection. A request that exceeds a limit ends it with 408 or 431, unless an answer has begun."""

    limits = LIMITS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._receiving: Receiving = "nothing"
        self._messages = 0
        self._advanced = False
        self._barren_bytes = 0
        """Bytes of consecutive reads that completed neither headers nor a part of a body, which the parser
        keeps."""
        self._read_bytes = 0
        self._limited: tuple[int, Receiving] | None = None
        self._limit: asyncio.TimerHandle | None = None
        self._refusal = _MALFORMED

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        """Expect a request."""
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, then set the limit for the rest."""
        self._advanced = False
        self._read_bytes = len(data)
        super().data_received(data)
        self._barren_bytes = 0 if self._advanced else self._barren_bytes + len(data)
        if self.transport.is_closing():
            self._stop_timer()
        elif self._barren_bytes > self.limits.head_bytes:
            self._refuse(_TOO_LARGE)
        else:
            self._limit_the_rest()

    def on_message_begin(self) -> None:
        """Note that headers follow."""
        super().on_message_begin()
        self._messages += 1
        self._receiving = "head"

    def on_headers_complete(self) -> None:
        """Let the request begin, unless its headers are too large."""
        # The headers arrived in this read and the barren ones before it, so they rarely have to be added up.
        if self._barren_bytes + self._read_bytes > self.limits.head_bytes and self._head_is_too_large:
            self._refusal = _TOO_LARGE
            raise _RefusedError
        self._receiving, self._advanced = "body", True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Note that a part of the body arrived."""
        self._advanced = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that the request is complete."""
        self._receiving, self._advanced = "nothing", True
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse a request that cannot be parsed."""
        del msg  # contains no details
        self._stop_timer()
        self._refuse(self._refusal)

    def _limit_the_rest(self) -> None:
        """Limit the time of the incomplete part, from its beginning."""
        now = None if self._receiving == "nothing" else (self._messages, self._receiving)
        if now is None and not self._is_idle:
            self._stop_timer()  # the application is answering
        elif now is None or self._limited is None:
            # From the connection, or from bytes that begin no request, such as empty lines.
            if self._limit is None or self._receiving == "body":
                self._start_timer()
        elif now != self._limited:
            self._start_timer()
        self._limited = now

    @property
    def _head_is_too_large(self) -> bool:
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        return size > self.limits.head_bytes

    @property
    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _on_slow(self) -> None:
        self._limit = None
        if self._receiving == "head" or not self._is_idle:
            self._refuse(_TOO_SLOW)
        else:
            self.transport.close()  # no request began, or the rest of an answered one did not arrive

    def _start_timer(self) -> None:
        self._stop_timer()
        seconds = self.limits.body_seconds if self._receiving == "body" else self.limits.head_seconds
        self._limit = self.loop.call_later(seconds, self._on_slow)

    def _stop_timer(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _refuse(self, problem: Problem) -> None:
        """Answer, unless an answer has begun, and close."""
        if self.transport.is_closing():
            return
        if not self._is_idle and self.cycle.response_started:
            self.transport.abort()  # the application receives `http.disconnect`
            return
        body = problem_body(problem)
        headers = [
            *self.server_state.default_headers,
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            NO_SNIFFING,
            (b"connection", b"close"),
        ]
        lines = b"".join(b"%s: %s\r\n" % header for header in headers)
        self.transport.write(STATUS_LINE[problem.status] + lines + b"\r\n" + body)
        self.transport.close()


_MALFORMED = Problem(400, "Bad request", "this is not HTTP/1.1")
_TOO_LARGE = Problem(
    431,
    "Request header fields too large",
    f"request line and headers have {LIMITS.head_bytes:,} bytes at most",
)
_TOO_SLOW = Problem(408, "Request timeout", "the request did not come in time")
