"""The gateway's application and its server."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio
import httpx
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from operations.local.gateway.proxy import Proxy
from playhead.http import logs
from playhead.http.protocol import LimitedProtocol
from playhead.http.secure_headers import SecureHeaders

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from operations.local.gateway.routing import Upstream
    from operations.local.gateway.settings import GatewaySettings

_LIMITS = httpx.Limits(max_connections=None, max_keepalive_connections=128, keepalive_expiry=2.0)
"""No cap, as each event stream holds a connection. Idle ones are dropped before uvicorn's 5 s do it from the
other end, in the moment of a request."""

_READY_SECONDS = 3.0
"""For an upstream to say whether it is ready; the query API asks its stores first."""


def create_app(settings: GatewaySettings) -> Starlette:
    """Build it; `/healthz`, `/metrics`, and `/readyz`, which asks both upstreams, are its own."""
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

    async def ready(_: Request) -> Response:
        asked = await asyncio.gather(*(_is_ready(transport, url) for url in upstreams.values()))
        away = [name for name, answers in zip(upstreams, asked, strict=True) if not answers]
        text = f"not ready: {', '.join(away)}\n" if away else "ready\n"
        return PlainTextResponse(text, 503 if away else 200)

    routes = [
        Route("/healthz", _healthy),
        Route("/readyz", ready),
        Route("/metrics", _metrics),
        Mount("/", proxy),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def run(settings: GatewaySettings) -> None:
    """Serve until told to stop; streams still open then are cut after two seconds."""
    logs.configure(settings)
    uvicorn.run(
        SecureHeaders(create_app(settings), trust_forwarded_proto=False),
        http=LimitedProtocol,
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
    return PlainTextResponse("ok\n")


async def _is_ready(transport: httpx.AsyncBaseTransport, upstream: httpx.URL) -> bool:
    waiting = httpx.Timeout(_READY_SECONDS).as_dict()
    request = httpx.Request("GET", upstream.copy_with(path="/readyz"), extensions={"timeout": waiting})
    try:
        with anyio.fail_after(_READY_SECONDS):
            response = await transport.handle_async_request(request)
            await response.aread()
    except (httpx.TransportError, TimeoutError):
        return False
    return response.status_code == httpx.codes.OK


async def _metrics(_: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
