"""The gateway's application and its server."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from playhead.local.gateway.proxy import Proxy
from playhead.services import logs

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from playhead.local.gateway.routing import Upstream
    from playhead.local.gateway.settings import GatewaySettings

_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=128, keepalive_expiry=2.0)
"""No cap, as each event stream holds a connection. Idle ones are dropped before uvicorn's 5 s do it from the
other end, in the moment of a request."""


def create_app(settings: GatewaySettings) -> Starlette:
    """Build it; `/healthz`, `/readyz` and `/metrics` are its own, everything else is an upstream's."""
    transport = httpx.AsyncHTTPTransport(limits=_LIMITS)
    upstreams: dict[Upstream, httpx.URL] = {
        "ingest": httpx.URL(settings.gateway_ingest_url),
        "query": httpx.URL(settings.gateway_query_url),
    }

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with transport:
            yield

    proxy = Proxy(transport, upstreams, settings.gateway_answer_seconds)
    routes = [
        Route("/healthz", _healthy),
        Route("/readyz", _healthy),
        Route("/metrics", _metrics),
        Mount("/", proxy),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def run(settings: GatewaySettings) -> None:
    """Serve until told to stop; streams still open then are cut after two seconds."""
    logs.configure(settings)
    uvicorn.run(
        create_app(settings),
        host=settings.gateway_host,
        port=settings.gateway_port,
        log_config=None,
        access_log=False,
        date_header=False,  # the upstream's are handed on
        server_header=False,
        proxy_headers=False,  # who asked is told to the upstream as we see it, added to the chain
        timeout_graceful_shutdown=2,
    )


async def _healthy(_: Request) -> Response:
    return PlainTextResponse("ready\n")


async def _metrics(_: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
