"""Serving the application until told to stop."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from playhead.services import logs
from playhead.services.telemetry import instrument
from playhead.settings import QuerySettings
from query_api.app import create_app
from query_api.context import Context

DRAIN_SECONDS = 10
"""How long requests under way may take to finish."""
BACKLOG = 2_048
KEEP_ALIVE_SECONDS = 75
"""Longer than proxies keep an idle connection (nginx 60 s): it must be the asking side that closes first, or
a request meets a connection that is just closing."""

_log = logging.getLogger(__name__)


def run(settings: QuerySettings) -> None:
    """Serve until SIGTERM or SIGINT, then let requests finish and return.

    Raises:
        OSError: the address is taken, or not this machine's.
    """
    logs.configure(settings)
    with _listen(settings) as listening:
        app = create_app(settings)
        config = uvicorn.Config(
            instrument(app, "playhead-query"),
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=DRAIN_SECONDS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            backlog=BACKLOG,
        )
        _log.info("serving on http://%s:%d", *listening.getsockname()[:2])
        Server(config, app).run(sockets=[listening])


def _listen(settings: QuerySettings) -> socket.socket:
    host, port = settings.query_host, settings.query_port
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        # The same class, for whoever tells a taken port from a foreign address by its number.
        reason = (
            f"cannot listen on {host}:{port} (PLAYHEAD_QUERY_HOST, PLAYHEAD_QUERY_PORT): {error.strerror}"
        )
        raise OSError(error.errno, reason) from error


class Server(uvicorn.Server):
    """Ends live streams before it waits for requests, since they would outlast any patience.

    It also returns after a signal, where uvicorn's own raises the signal again once it has shut down.
    """

    def __init__(self, config: uvicorn.Config, app: FastAPI) -> None:
        super().__init__(config)
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, end the streams, let requests finish."""
        context = self._app.state.context
        if isinstance(context, Context):
            context.hub.end("shutdown")
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals while serving, and give them back."""
        before = {
            number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
