"""One request and its answer, as uvicorn has them, at less cost: an answer is sent in one piece.

uvicorn writes the head of an answer when `http.response.start` is sent, and the event loop sends each write
at once. Here the head of an answer with a Content-Length waits for the body: one system call and one packet.
The head of a stream does not wait.

Nothing that belongs to a request refers back to itself, so that it is freed when it is done. A reference
cycle would leave each request to the garbage collector.
"""

from __future__ import annotations

import asyncio
import logging
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from playhead.http.bodies import WHOLE_BODY

if TYPE_CHECKING:
    from starlette.types import Message

HANG_UP = "playhead.hang_up"
"""An ASGI extension: `{"now": function}`."""

_REMEMBERED = 1_024
"""Header lines and addresses, most of which are the same in every request."""
_REMEMBERED_BYTES = 256
"""Of one of them; a longer one is made each time."""
_REQUEST_ID = b"x-request-id"
"""Another each time."""
_NO_ACCESS_LOG = logging.getLogger("uvicorn.access")


class Exchange(RequestResponseCycle):
    """One request and its answer."""

    _held = b""
    """The head of the answer, while it waits for the body."""

    async def send(self, message: Message) -> None:  # type: ignore[override] # uvicorn types each kind
        """Send a part of the answer, or hold its head back."""
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        if not self.response_started:
            if message["type"] == "http.response.start" and self._hold_head(message):
                return
        elif self._held:
            head, self._held = self._held, b""
            body = message.get("body", b"")
            if len(body) == self.expected_content_length and not message.get("more_body", False):
                self.transport.write(head + body)
                self._complete()
                return
            self.transport.write(head)
        await super().send(message)  # type: ignore[arg-type]

    def _hold_head(self, message: Message) -> bool:
        """Hold the head back, unless it is one of a stream or of a connection that ends."""
        if not self.keep_alive or self.scope["method"] == "HEAD":
            return False
        length: int | None = None
        lines = [STATUS_LINE[message["status"]]]
        for name, value in (*self.default_headers, *message.get("headers", ())):
            is_known = len(value) <= _REMEMBERED_BYTES and name != _REQUEST_ID
            known = _known_line if is_known else _header_line
            line, is_special = known(name, value)
            if is_special:
                if line[:15] != b"content-length:":
                    return False
                length = int(value)
            lines.append(line)
        if length is None:
            return False
        lines.append(b"\r\n")
        self._held = b"".join(lines)
        self.response_started, self.waiting_for_100_continue = True, False
        self.chunked_encoding, self.expected_content_length = False, length
        return True

    def _complete(self) -> None:
        self.expected_content_length = 0
        self.response_complete = True
        self.message_event.set()
        self.on_response()


class ExchangeProtocol(HttpToolsProtocol):
    """One connection whose requests are `Exchange`s, with two extensions of ASGI.

    `HANG_UP` closes the connection. `WHOLE_BODY` is there once the body has arrived.
    """

    _idle_since: float | None = None
    """When the last answer was complete; None while a request is in progress."""

    def on_message_begin(self) -> None:
        """Offer the extensions."""
        super().on_message_begin()
        self.scope["extensions"] = {HANG_UP: {"now": self.transport.abort}}

    def on_headers_complete(self) -> None:
        """Begin the request. Unlike uvicorn's, without WebSockets and limits of concurrency."""
        parser, scope = self.parser, self.scope
        http_version: str = parser.get_http_version()
        scope["method"] = parser.get_method().decode("ascii")
        scope["http_version"] = http_version
        split = _known_split if len(self.url) <= _REMEMBERED_BYTES else _split
        scope["path"], scope["raw_path"], scope["query_string"] = split(self.url)
        previous = self.cycle
        self.cycle = Exchange(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=_NO_ACCESS_LOG,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=http_version != "1.0" and parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        if previous is None or previous.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:  # pipelined
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def on_message_complete(self) -> None:
        """Note that the body has arrived, for the application that reads it."""
        self.scope["extensions"][WHOLE_BODY] = {}
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Begin the next request that waits, or expect one; one timer serves many of them."""
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
            return
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._expect_within(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection if it was idle for long enough, else look again when it may be."""
        self.timeout_keep_alive_task = None
        if self._idle_since is None:
            return  # the next answer starts the timer
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._expect_within(left)
        elif not self.transport.is_closing():
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer."""
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = None
        super().connection_lost(exc)

    def _unset_keepalive_if_required(self) -> None:
        # uvicorn calls it for each read. To cancel a timer and start another costs more than to let it run.
        self._idle_since = None

    def _expect_within(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)


def _header_line(name: bytes, value: bytes) -> tuple[bytes, bool]:
    """The line of a header, and whether it bears on how the body is sent.

    Raises:
        RuntimeError: it is no header, as in uvicorn.
    """
    if HEADER_RE.search(name):
        raise RuntimeError("Invalid HTTP header name.")
    if HEADER_VALUE_RE.search(value):
        raise RuntimeError("Invalid HTTP header value.")
    name = name.lower()
    return b"%s: %s\r\n" % (name, value), name in (b"content-length", b"transfer-encoding", b"connection")


def _split(url: bytes) -> tuple[str, bytes, bytes]:
    """Path, raw path and query string of a request's address."""
    parsed = httptools.parse_url(url)
    raw: bytes = parsed.path
    path = raw.decode("ascii")
    return (unquote(path) if "%" in path else path), raw, parsed.query or b""


_known_line = lru_cache(_REMEMBERED)(_header_line)
_known_split = lru_cache(_REMEMBERED)(_split)
