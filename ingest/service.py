"""The ingest service as a process, or as several on one port (`python -m ingest.service` is one of them)."""

from __future__ import annotations

import asyncio
import logging
import os
import sys

import uvloop

from ingest.app import Ingest, create_app
from playhead.http.logs import configure
from playhead.http.server import Server, listen
from playhead.http.telemetry import instrument
from playhead.http.workers import run_workers
from playhead.metrics.build import describe_build
from playhead.metrics.calls import expect
from playhead.settings import IngestSettings
from playhead.workers.reports import WorkerMembership
from playhead.workers.supervisor import exit_code_of

_log = logging.getLogger(__name__)


def run(settings: IngestSettings) -> None:
    """Serve until SIGTERM or SIGINT, then complete the requests in progress and return.

    Raises:
        ServerAddressError: the address cannot be listened on.
        PublisherFailedError: the producer cannot be repaired; restart the process.
        WorkersFailedError: of several workers, one does not start or did not end in order.
    """
    configure(settings)
    membership = WorkerMembership.of(os.environ)
    if settings.ingest_workers == 1 or membership is not None:
        describe_build("ingest")
        expect("redis")
    if settings.ingest_workers > 1 and membership is None:
        address = (settings.ingest_host, settings.ingest_port)
        drain_seconds = settings.ingest_drain_seconds
        workers = run_workers(
            "ingest", "ingest.service", settings.ingest_workers, address, drain_seconds=drain_seconds
        )
        asyncio.run(workers)
    else:
        uvloop.run(_serve(settings, membership))


async def _serve(settings: IngestSettings, membership: WorkerMembership | None) -> None:
    failures: list[Exception] = []
    ingest = Ingest(settings, membership=membership)

    def fail(failure: Exception) -> None:
        failures.append(failure)
        server.stop()

    server = Server(
        instrument(
            create_app(settings, ingest=ingest, on_failure=fail),
            "playhead-ingest",
            callers_per_second=settings.http_traced_callers_per_second,
        ),
        drain_seconds=settings.ingest_drain_seconds,
        on_drain=ingest.drain,
        trust_forwarded_proto=settings.http_trust_forwarded_proto,
    )
    listener = listen(settings.ingest_host, settings.ingest_port, shares_port=membership is not None)
    if membership is None:
        _log.info("ingest listens on %s:%d", *listener.getsockname()[:2])
    else:
        membership.on_end_of_parent(server.stop)
    await server.serve_on(listener)
    if failures:
        raise failures[0]


if __name__ == "__main__":
    sys.exit(exit_code_of(lambda: run(IngestSettings())))
