"""The query API as a process, or as several on one port (`python -m query_api.service` is one of them)."""

from __future__ import annotations

import asyncio
import logging
import os
import sys

import uvloop
from fastapi import FastAPI

from playhead.http import logs
from playhead.http.server import Server, listen
from playhead.http.telemetry import instrument
from playhead.http.workers import run_workers
from playhead.metrics.build import describe_build
from playhead.metrics.calls import expect
from playhead.settings import QuerySettings
from playhead.workers.reports import WorkerMembership
from playhead.workers.supervisor import exit_code_of
from query_api.app import create_app
from query_api.context import Context

DRAIN_SECONDS = 10.0
"""How long requests in progress may take to finish."""
SWITCH_SECONDS = 0.0005
"""How often the threads of exports yield to requests. With Python's default of 5 ms, requests beside two
exports took three to five times as long, and the exports finished no sooner."""

_log = logging.getLogger(__name__)


class LiveChangesFailedError(Exception):
    """A worker receives no live changes any more; another takes its place."""


def run(settings: QuerySettings) -> None:
    """Serve until SIGTERM or SIGINT, then let requests finish and return.

    Raises:
        ServerAddressError: The address cannot be listened on.
        LiveChangesFailedError: This worker must be replaced.
        WorkersFailedError: Of several workers, one does not start or did not end in order.
    """
    logs.configure(settings)
    membership = WorkerMembership.of(os.environ)
    if settings.query_workers == 1 or membership is not None:
        describe_build("query")
        expect("postgres", "redis")
    if settings.query_workers > 1 and membership is None:
        address = (settings.query_host, settings.query_port)
        workers = run_workers(
            "query", "query_api.service", settings.query_workers, address, drain_seconds=DRAIN_SECONDS
        )
        asyncio.run(workers)
        return
    sys.setswitchinterval(SWITCH_SECONDS)
    uvloop.run(_serve(settings, membership))


async def _serve(settings: QuerySettings, membership: WorkerMembership | None) -> None:
    app = create_app(settings)

    def end_streams() -> None:
        # Live streams never finish by themselves.
        if (context := _context_of(app)) is not None:
            context.hub.end("shutdown")

    server = Server(
        instrument(app, "playhead-query", callers_per_second=settings.http_traced_callers_per_second),
        drain_seconds=DRAIN_SECONDS,
        on_drain=end_streams,
        trust_forwarded_proto=settings.http_trust_forwarded_proto,
    )
    listener = listen(settings.query_host, settings.query_port, shares_port=membership is not None)
    if membership is None:
        _log.info("serving on http://%s:%d", *listener.getsockname()[:2])
        await server.serve_on(listener)
        return
    membership.on_end_of_parent(server.stop)
    failures: list[LiveChangesFailedError] = []

    def unready_reason() -> str | None:
        context = _context_of(app)
        if context is not None and context.listening.done() and not context.listening.cancelled():
            # Nothing outside would find out which worker it is: it ends, and is replaced.
            failures.append(LiveChangesFailedError("live changes are no longer received"))
            server.stop()
        return "starting" if context is None else None

    reporting = asyncio.create_task(membership.report(unready_reason))
    try:
        await server.serve_on(listener)
    finally:
        reporting.cancel()
    if failures:
        raise failures[0]


def _context_of(app: FastAPI) -> Context | None:
    context = getattr(app.state, "context", None)
    return context if isinstance(context, Context) else None


if __name__ == "__main__":
    sys.exit(exit_code_of(lambda: run(QuerySettings())))
