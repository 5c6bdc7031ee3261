"""The ingest service as a process."""

from __future__ import annotations

import logging

import uvloop

from ingest.app import Ingest, create_app
from playhead.http.logs import configure
from playhead.http.server import Server, listen
from playhead.http.telemetry import instrument
from playhead.settings import IngestSettings

_log = logging.getLogger(__name__)


def run(settings: IngestSettings) -> None:
    """Serve until SIGTERM or SIGINT, then complete the requests in progress and return.

    Raises:
        ServerAddressError: the address cannot be listened on.
        PublisherFailedError: the producer cannot be repaired; restart the process.
    """
    configure(settings)
    uvloop.run(_serve(settings))


async def _serve(settings: IngestSettings) -> None:
    failures: list[Exception] = []
    ingest = Ingest(settings)

    def fail(failure: Exception) -> None:
        failures.append(failure)
        server.stop()

    server = Server(
        instrument(create_app(settings, ingest=ingest, on_failure=fail), "playhead-ingest"),
        drain_seconds=settings.ingest_drain_seconds,
        on_drain=ingest.drain,
        trust_forwarded_proto=settings.http_trust_forwarded_proto,
    )
    listener = listen(settings.ingest_host, settings.ingest_port)
    _log.info("ingest listens on %s:%d", *listener.getsockname()[:2])
    await server.serve_on(listener)
    if failures:
        raise failures[0]
