"""The query API's process."""

from __future__ import annotations

import logging
import sys

import uvloop

from playhead.http import logs
from playhead.http.server import Server, listen
from playhead.http.telemetry import instrument
from playhead.settings import QuerySettings
from query_api.app import create_app
from query_api.context import Context

DRAIN_SECONDS = 10.0
"""How long requests in progress may take to finish."""
SWITCH_SECONDS = 0.0005
"""How often the threads of exports yield to requests. With Python's default of 5 ms, requests beside two
exports took three to five times as long, and the exports finished no sooner."""

_log = logging.getLogger(__name__)


def run(settings: QuerySettings) -> None:
    """Serve until SIGTERM or SIGINT, then let requests finish and return.

    Raises:
        ServerAddressError: The address cannot be listened on.
    """
    logs.configure(settings)
    sys.setswitchinterval(SWITCH_SECONDS)
    uvloop.run(_serve(settings))


async def _serve(settings: QuerySettings) -> None:
    app = create_app(settings)

    def end_streams() -> None:
        # Live streams never finish by themselves.
        context = getattr(app.state, "context", None)
        if isinstance(context, Context):
            context.hub.end("shutdown")

    listener = listen(settings.query_host, settings.query_port)
    _log.info("serving on http://%s:%d", *listener.getsockname()[:2])
    server = Server(
        instrument(app, "playhead-query"),
        drain_seconds=DRAIN_SECONDS,
        on_drain=end_streams,
        trust_forwarded_proto=settings.http_trust_forwarded_proto,
    )
    await server.serve_on(listener)
