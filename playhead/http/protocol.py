"""HTTP/1.1 as uvicorn speaks it with httptools, within limits of size and time that neither of them has.

A client that sends slowly, or only half of a request, would otherwise hold its connection for ever.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Literal

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from playhead.http.problems import MEDIA_TYPE, Problem, problem_body
from playhead.http.secure_headers import NO_SNIFFING

Receiving = Literal["nothing", "head", "body"]


@dataclass(frozen=True, slots=True)
class ReceiveLimits:
    """What a client may take to send a request."""

    head_seconds: float = 10.0
    """From the connection, or a later request's first byte, to the end of the headers: a packet or two."""
    body_seconds: float = 60.0
    """From there to the end of the body, for what the application does not limit itself or has not read."""
    head_bytes: int = 65_536
    """Request line and headers. The longest address of a page, of 500 items, has a third of it."""


LIMITS = ReceiveLimits()


class _RefusedError(Exception):
    """Ends the parsing of a request that is refused."""


class LimitedProtocol(HttpToolsProtocol):
    """One connection. What exceeds a limit ends it, with 408 or 431 unless another answer is on its way."""

    limits = LIMITS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._receiving: Receiving = "nothing"
        self._messages = 0
        self._advanced = False
        self._barren_bytes = 0
        """Of reads in a row that completed neither headers nor a part of a body: the parser keeps them."""
        self._read_bytes = 0
        self._limited: tuple[int, Receiving] | None = None
        self._limit: asyncio.TimerHandle | None = None
        self._refusal = _MALFORMED

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Expect a request."""
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop watching."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, then limit what has not come yet."""
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
        # They came in this read and in those before that completed nothing: rarely are they to be added up.
        if self._barren_bytes + self._read_bytes > self.limits.head_bytes and self._head_is_too_large:
            self._refusal = _TOO_LARGE
            raise _RefusedError
        self._receiving, self._advanced = "body", True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Note that the body comes."""
        self._advanced = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that nothing more is due."""
        self._receiving, self._advanced = "nothing", True
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what cannot be parsed."""
        del msg  # it says no more than that
        self._stop_timer()
        self._refuse(self._refusal)

    def _limit_the_rest(self) -> None:
        """Time what is incomplete, from the moment that it began."""
        now = None if self._receiving == "nothing" else (self._messages, self._receiving)
        if now is None and not self._is_idle:
            self._stop_timer()  # it is our turn
        elif now is None or self._limited is None:
            # From the connection on, or from bytes that begin no request, such as empty lines.
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
            self.transport.close()  # no request was begun, or the rest of one that is answered did not come

    def _start_timer(self) -> None:
        self._stop_timer()
        seconds = self.limits.body_seconds if self._receiving == "body" else self.limits.head_seconds
        self._limit = self.loop.call_later(seconds, self._on_slow)

    def _stop_timer(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

    def _refuse(self, problem: Problem) -> None:
        """Answer, unless another answer is on its way, and close."""
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
