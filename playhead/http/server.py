"""The HTTP server: uvicorn as both HTTP services run it, draining on SIGTERM and SIGINT."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import math
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp, Receive, Scope

from playhead.http.protocol import LimitedProtocol
from playhead.http.secure_headers import SecureHeaders

KEEP_ALIVE_SECONDS = 75
"""Longer than a player's ten seconds, so that it need not connect for each heartbeat, and than the minute
after which most load balancers hang up, so that they never send into a closing connection."""
BACKLOG = 2_048
UNREAD_MILLISECONDS = 60_000
"""How long a client may leave what it was sent unread, or unacknowledged; then the connection is broken off.
One that vanished without a word would otherwise be kept for a quarter of an hour. nginx waits as long."""
HANG_UP = "playhead.hang_up"
"""An ASGI extension: `{"now": function}`."""
GC_THRESHOLDS = (20_000, 20, 50)


class ServerAddressError(OSError):
    """The server cannot listen where it should."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"cannot serve HTTP on {host}:{port}: {reason}")
        self.host = host
        self.port = port


class Server(uvicorn.Server):
    """Serves an application until `stop`, SIGTERM or SIGINT, then finishes what was begun and returns.

    `on_drain` is called before that, for what would not finish by itself: the server waits `drain_seconds`.

    uvicorn itself would raise the signal again when it has finished, and the process would not exit 0.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        drain_seconds: float,
        on_drain: Callable[[], None],
        trust_forwarded_proto: bool = False,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                SecureHeaders(app, trust_forwarded_proto=trust_forwarded_proto),
                http=_Protocol,
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=math.ceil(drain_seconds),
            )
        )
        self._on_drain = on_drain

    async def serve_on(self, listener: socket.socket) -> None:
        """Serve what comes in on a socket of `listen`.

        Raises:
            SystemExit: the application did not start; its log tells why.
        """
        _settle_heap()
        await self.serve(sockets=[listener])

    def stop(self) -> None:
        """Stop accepting and drain; the second time, stop waiting for the rest."""
        self.force_exit = self.should_exit
        self.should_exit = True
        self._on_drain()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Drain on a signal, while serving."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)


class _Protocol(LimitedProtocol):
    """HTTP within its limits, on which an application may hang up."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {HANG_UP: {"now": self.transport.abort}}


def hang_up(scope: Scope) -> None:
    """Break off the connection of a request, whatever its client has not read.

    The application is told by `http.disconnect`, as if the client had gone. Another server than ours may not
    offer it: nothing is done then.
    """
    offered = scope.get("extensions", {}).get(HANG_UP)
    if offered is not None:
        offered["now"]()


async def disconnected(receive: Receive) -> None:
    """Wait until the client of a request has disconnected."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _settle_heap() -> None:
    """Take what was imported out of the garbage collector's rounds, and let it go round less often.

    Requests leave next to no cycles behind, and a tenth of a busy service's time went into looking for them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 lets the system choose.

    Raises:
        ServerAddressError: the address is taken, or not this machine's.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ServerAddressError(host, port, error.strerror or str(error)) from error
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; the connections accepted inherit it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MILLISECONDS)
    return listener
