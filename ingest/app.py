"""The application: its parts made from settings and put together."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from functools import partial
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from ingest import metrics
from ingest.admission import Admission
from ingest.broker_watch import BrokerWatch
from ingest.endpoints import Saving
from ingest.openapi import document
from ingest.quotas import ItemQuotas
from playhead.http.health import ReasonCheck, answer_health
from playhead.http.parameters import KnownParameters
from playhead.http.problems import install
from playhead.identity import Callers, Verifier
from playhead.kafka.agreement import AgreementWatch
from playhead.kafka.publisher import Publisher
from playhead.rate import Buckets
from playhead.settings import IngestSettings
from playhead.wire.topics import Topics

PREFLIGHT_SECONDS = 7_200
"""How long a browser may remember that it may save; Chromium allows no more."""
LAST_ACKS_SECONDS = 1.0
"""For acks still on their way when every request has been answered: those of clients that went away."""

_log = logging.getLogger(__name__)

OnFailure = Callable[[Exception], None]


class Ingest:
    """What the application is made of, and whether it can do its work."""

    def __init__(self, settings: IngestSettings, *, publisher: type[Publisher] = Publisher) -> None:
        self.publisher = publisher(
            settings,
            client_id="playhead-ingest",
            ack_timeout_seconds=settings.ingest_ack_timeout_seconds,
            max_in_flight=settings.ingest_max_in_flight,
        )
        self.watch = BrokerWatch(self.publisher, Topics.named(settings.kafka_prefix).heartbeats.name)
        self.verifier = Verifier(settings)
        admission = Admission(
            Callers(self.verifier, settings),
            Buckets(settings.ingest_rate_per_second, settings.ingest_rate_burst),
            Buckets(settings.ingest_heartbeats_per_second, settings.ingest_heartbeats_burst),
        )
        self.quotas = ItemQuotas(settings)
        self.saving = Saving(settings, admission, self.quotas, self.publisher, self.watch)
        self.agreement = AgreementWatch(settings)
        self.is_draining = False

    def drain(self) -> None:
        """Be ready no more; what was begun is finished."""
        self.is_draining = True

    def trouble(self) -> str | None:
        """Why heartbeats cannot be saved just now; None if they can."""
        return "draining" if self.is_draining else self.watch.trouble or self.agreement.trouble

    @contextlib.asynccontextmanager
    async def running(self, on_failure: OnFailure | None = None) -> AsyncIterator[None]:
        """Publish and watch, until everything in flight is acknowledged."""
        self.publisher.start()
        self.agreement.start()
        metrics.IN_FLIGHT.set_function(lambda: self.publisher.pending)
        watching = [
            asyncio.create_task(work) for work in (self.watch.run(), self.quotas.run(), self._await_failure())
        ]
        for task in watching:
            task.add_done_callback(partial(_tell, on_failure))
        try:
            async with self.verifier.running():
                yield
        finally:
            for task in watching:
                task.cancel()
            self.agreement.close()
            self.saving.recorder.close()
            await self.publisher.close(LAST_ACKS_SECONDS)

    async def _await_failure(self) -> None:
        raise await self.publisher.failed


def _tell(on_failure: OnFailure | None, task: asyncio.Task[None]) -> None:
    failure = None if task.cancelled() else task.exception()
    if not isinstance(failure, Exception):
        return
    _log.critical("ingest must be restarted", exc_info=failure)
    if on_failure is not None:
        on_failure(failure)


def _routes(saving: Saving) -> list[BaseRoute]:
    return [
        Route("/api/progress", saving.heartbeat, methods=["POST"]),
        Route("/api/progress/batch", saving.batch, methods=["POST"]),
        Route("/api/progress/{contentId}/completion", saving.completion, methods=["POST", "DELETE"]),
    ]


def health_routes(unavailable_reason: ReasonCheck, degraded_reason: ReasonCheck) -> APIRouter:
    """`/healthz`, `/readyz` and `/metrics`; see `answer_health`."""
    router = APIRouter(tags=["health"], default_response_class=PlainTextResponse)

    def answer(request: Request) -> Response:
        accept = request.headers.get("accept", "")
        found = answer_health(request.scope["path"], accept, unavailable_reason, degraded_reason)
        return Response(found.body, found.status, {"Content-Type": found.content_type})

    @router.get("/healthz", summary="The process is alive", response_model=str)
    async def healthz(request: Request) -> Response:
        return answer(request)

    @router.get(
        "/readyz",
        summary="Heartbeats can be saved",
        response_model=str,
        responses={503: {"description": "Why not"}},
    )
    async def readyz(request: Request) -> Response:
        return answer(request)

    @router.get("/metrics", summary="Prometheus metrics")
    async def metrics(request: Request) -> Response:
        return answer(request)

    return router


def create_app(
    settings: IngestSettings, *, ingest: Ingest | None = None, on_failure: OnFailure | None = None
) -> FastAPI:
    """The application; `on_failure` hears, once, that the process must be restarted."""
    ingest = ingest or Ingest(settings)

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with ingest.running(on_failure):
            yield

    app = FastAPI(
        title="Playhead ingest",
        version=version("playhead"),
        description="Heartbeats in. A 2xx means that the heartbeat is in the log, and will count.",
        lifespan=lifespan,
        routes=_routes(ingest.endpoints),  # given here, they are matched before the documentation's
        openapi_url="/openapi.json" if settings.http_documentation else None,
        docs_url=None,  # the query API's page shows the document of both
        redoc_url=None,
        redirect_slashes=False,  # Starlette makes the address of the Host header
    )
    app.include_router(health_routes(ingest.trouble, lambda: ingest.publisher.stuck))
    install(app)
    document(app, settings)
    app.add_middleware(KnownParameters, document=app.openapi, on_refusal=partial(metrics.reject, "invalid"))
    if settings.ingest_allowed_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.ingest_allowed_origins,
            allow_methods=["POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Retry-After"],
            max_age=PREFLIGHT_SECONDS,
        )
    return app
