"""The HTTP server of both HTTP services: uvicorn, which drains on SIGTERM and SIGINT."""

from __future__ import annotations

import contextlib
import gc
import math
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp, Receive, Scope

from playhead.http.common_headers import CommonHeaders
from playhead.http.exchange import HANG_UP, ExchangeProtocol
from playhead.http.protocol import LimitedProtocol
from playhead.signals import stopped_by_signals

KEEP_ALIVE_SECONDS = 75
"""Longer than the ten seconds between heartbeats of a player, and than the minute after which most load
balancers close a connection, so that they never send into a closing one."""
BACKLOG = 2_048
UNREAD_MILLISECONDS = 60_000
"""How long data may remain unread or unacknowledged by a client before the connection is closed. The
connection of a client that vanished would otherwise be kept for a quarter of an hour. nginx uses the same
limit."""
GC_THRESHOLDS = (20_000, 20, 50)


class ServerAddressError(OSError):
    """The server cannot listen on its address."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(f"cannot serve HTTP on {host}:{port}: {reason}")
        self.host = host
        self.port = port


class Server(uvicorn.Server):
    """Serves an application until `stop`, SIGTERM or SIGINT, then completes requests in progress and returns.

    `on_drain` is called first, for work that does not end by itself: the server waits `drain_seconds`.

    uvicorn would raise the signal again at the end, and the process would not exit with 0.
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
                CommonHeaders(app, trust_forwarded_proto=trust_forwarded_proto),
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
        """Serve connections to a socket of `listen`.

        Raises:
            SystemExit: the application did not start; its log has the reason.
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
        with stopped_by_signals(self.stop):
            yield


class _Protocol(LimitedProtocol, ExchangeProtocol):
    """Limited HTTP whose answers are sent in one piece."""


def hang_up(scope: Scope) -> None:
    """Close the connection of a request, even if its client has not read everything.

    The application receives `http.disconnect`, as if the client had disconnected. Does nothing on servers
    without the extension.
    """
    offered = scope.get("extensions", {}).get(HANG_UP)
    if offered is not None:
        offered["now"]()


async def disconnected(receive: Receive) -> None:
    """Wait until the client of a request has disconnected."""
    while (await receive())["type"] != "http.disconnect":
        pass


@contextlib.contextmanager
def shared_port(host: str, port: int) -> Iterator[int]:
    """The number of a port that sockets of several processes are to share; kept from others meanwhile.

    Raises:
        ServerAddressError: the address is in use, or does not belong to this machine.
    """
    with listen(host, port) as alone:  # refused where another service listens, one that shares included
        family, address = alone.family, alone.getsockname()
    with socket.socket(family, socket.SOCK_STREAM) as reserved:
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind(address)  # it does not listen, so no connection comes to it
        yield int(address[1])


def _settle_heap() -> None:
    """Exclude imported objects from garbage collection, and collect less often.

    Requests leave almost no cycles, and a busy service spent a tenth of its time searching for them.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


def listen(host: str, port: int, *, shares_port: bool = False) -> socket.socket:
    """A listening socket; the system chooses the port if it is 0.

    Sockets that share a port, of one user, each get a part of the connections.

    Raises:
        ServerAddressError: the address is in use, or does not belong to this machine.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=shares_port)
    except OSError as error:
        raise ServerAddressError(host, port, error.strerror or str(error)) from error
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; accepted connections inherit it
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNREAD_MILLISECONDS)
    return listener
