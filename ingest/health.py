"""Health: is the process alive, can it save, and what has it counted."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import PlainTextResponse


def health_routes(
    trouble: Callable[[], str | None], degraded: Callable[[], str | None] = lambda: None
) -> APIRouter:
    """`/healthz`, `/readyz` (503 with the trouble while there is any) and `/metrics`.

    What is `degraded` concerns some partitions: the service stays in rotation for the others, and says so.
    """
    router = APIRouter(tags=["health"], default_response_class=PlainTextResponse)

    @router.get("/healthz", summary="The process is alive")
    async def healthz() -> str:
        return "ok\n"

    @router.get("/readyz", summary="Heartbeats can be saved", responses={503: {"description": "Why not"}})
    async def readyz(response: Response) -> str:
        found = trouble()
        response.status_code = 503 if found else 200
        return f"{found or degraded() or 'ready'}\n"

    @router.get("/metrics", summary="Prometheus metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
