"""The application, built from settings."""

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
from starlette.types import ASGIApp

from ingest import metrics
from ingest.admission import Admission
from ingest.endpoints import SavingEndpoints
from ingest.hot_route import HotRoutes
from ingest.items import ItemsInRedis
from ingest.log import SavingLog
from ingest.lrs.endpoints import StatementEndpoints
from ingest.lrs.known import KnownStatements
from ingest.lrs.protocol import VERSION_HEADER
from ingest.marks import ATTEMPTS, COMPLETION
from ingest.openapi import document_endpoints
from playhead.api_keys.store import PostgresKeys
from playhead.http.aliases import AliasReader
from playhead.http.health import ReasonCheck, answer_health
from playhead.http.parameters import KnownParameters
from playhead.http.problems import install
from playhead.identity import Callers, KeyVerifier, Verifier
from playhead.kafka.broker_watch import BrokerWatch
from playhead.kafka.partition_counts import PartitionCountWatch
from playhead.kafka.publisher import Publisher
from playhead.kafka.repartition_mark import RepartitionMark
from playhead.rate import Buckets
from playhead.settings import IngestSettings
from playhead.wire.topics import Topics
from playhead.workers.reports import WorkerMembership

PREFLIGHT_SECONDS = 7_200
"""How long a browser may cache the answer to a preflight; the maximum of Chromium."""
LAST_ACKS_SECONDS = 1.0
"""For acks that are still due when every request is answered: those of clients that disconnected."""

_log = logging.getLogger(__name__)

OnFailure = Callable[[Exception], None]


class Ingest:
    """The components of the application, and whether they can save heartbeats."""

    def __init__(
        self,
        settings: IngestSettings,
        *,
        publisher: type[Publisher] = Publisher,
        membership: WorkerMembership | None = None,
    ) -> None:
        self._membership = membership
        self.publisher = publisher(
            settings,
            client_id="playhead-ingest",
            ack_timeout_seconds=settings.ingest_ack_timeout_seconds,
            max_in_flight=settings.ingest_max_in_flight,
        )
        self.watch = BrokerWatch(
            self.publisher,
            Topics.named(settings.kafka_prefix).heartbeats.name,
            RepartitionMark(settings, "playhead-ingest-repartition"),
        )
        self.verifier = Verifier(settings)
        self.merged = AliasReader(settings.databases, "playhead-ingest", settings.alias_refresh_seconds)
        self.keys = PostgresKeys(settings.databases, "playhead-ingest")
        admission = Admission(
            Callers(self.verifier, settings, self.merged.aliases, KeyVerifier(self.keys)),
            Buckets(settings.ingest_rate_per_second, settings.ingest_rate_burst),
            Buckets(settings.ingest_heartbeats_per_second, settings.ingest_heartbeats_burst),
        )
        self.items = ItemsInRedis(settings)
        log = SavingLog(settings, self.publisher, self.watch)
        self.endpoints = SavingEndpoints(settings, admission, self.items, log)
        known = KnownStatements(self.items.nodes, settings.redis_keys)
        self.statements = StatementEndpoints(admission, self.items, log, known, self.endpoints.refused)
        self.agreement = PartitionCountWatch(settings)
        self.is_draining = False

    def drain(self) -> None:
        """Become unready; requests in progress are completed."""
        self.is_draining = True

    def unready_reason(self) -> str | None:
        """Why the service cannot save heartbeats, each of its workers included; None if it can."""
        own = self.unavailable_reason()
        return own if self._membership is None else self._membership.unready_reason(own)

    def unavailable_reason(self) -> str | None:
        """Why this process cannot save heartbeats at the moment; None if it can."""
        if self.is_draining:
            return "draining"
        return self.watch.unavailable_reason or self.agreement.disagreement

    def degraded_reason(self) -> str | None:
        """What keeps some heartbeats from being saved, or all of them for a moment; None if nothing does."""
        return self.watch.repartition or self.publisher.stuck

    @contextlib.asynccontextmanager
    async def running(self, on_failure: OnFailure | None = None) -> AsyncIterator[None]:
        """Run the background work; on exit, wait until everything in flight is acknowledged."""
        await self.merged.start()
        self.publisher.start()
        self.agreement.start()
        await self.watch.look()  # nothing is saved before
        metrics.IN_FLIGHT.set_function(lambda: self.publisher.pending)
        works = [self.watch.run(), self.items.run(), self.merged.run(), self._await_failure()]
        if self._membership is not None:
            works.append(self._membership.report(self._report_of_worker))
        watching = [asyncio.create_task(work) for work in works]
        for task in watching:
            task.add_done_callback(partial(_report, on_failure))
        try:
            async with self.verifier.running():
                yield
        finally:
            for task in watching:
                task.cancel()
            self.endpoints.recorder.close()
            await self.endpoints.on_behalf.close()
            await self.keys.close()
            await self.publisher.close(LAST_ACKS_SECONDS)
            await asyncio.to_thread(self.agreement.close)

    def _report_of_worker(self) -> str | None:
        metrics.IN_FLIGHT.set(self.publisher.pending)  # several processes' metrics cannot call a function
        return self.unavailable_reason()

    async def _await_failure(self) -> None:
        raise await self.publisher.failed


def _report(on_failure: OnFailure | None, task: asyncio.Task[None]) -> None:
    failure = None if task.cancelled() else task.exception()
    if not isinstance(failure, Exception):
        return
    _log.critical("ingest must be restarted", exc_info=failure)
    if on_failure is not None:
        on_failure(failure)


def _routes(endpoints: SavingEndpoints) -> list[BaseRoute]:
    return [
        *(Route(each.path, each, methods=["POST"]) for each in (endpoints.heartbeat, endpoints.batch)),
        Route(COMPLETION, endpoints.completion, methods=["POST", "DELETE"]),
        Route(ATTEMPTS, endpoints.attempts, methods=["POST"]),
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
        responses={503: {"description": "Heartbeats cannot be saved; the text is the reason."}},
    )
    async def readyz(request: Request) -> Response:
        return answer(request)

    @router.get("/metrics", summary="Prometheus metrics")
    async def metrics(request: Request) -> Response:
        return answer(request)

    return router


def create_app(
    settings: IngestSettings, *, ingest: Ingest | None = None, on_failure: OnFailure | None = None
) -> ASGIApp:
    """The application; `on_failure` is called once if the process must be restarted."""
    ingest = ingest or Ingest(settings)
    return in_front_of(create_documented_app(settings, ingest, on_failure), settings, ingest)


def in_front_of(app: ASGIApp, settings: IngestSettings, ingest: Ingest) -> HotRoutes:
    """The application with its hot route."""
    return HotRoutes(app, (ingest.endpoints.heartbeat, ingest.endpoints.batch), _cors(settings))


def create_documented_app(
    settings: IngestSettings, ingest: Ingest, on_failure: OnFailure | None = None
) -> FastAPI:
    """All of the application but the hot route, with its OpenAPI document."""

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with ingest.running(on_failure):
            yield

    app = FastAPI(
        title="Playhead ingest",
        version=version("playhead"),
        description="Saves heartbeats. A 2xx means that the heartbeat is in the log and will count.",
        lifespan=lifespan,
        routes=[
            *_routes(ingest.endpoints),
            *ingest.statements.routes(),
        ],  # matched before the documentation's, as they are given here
        openapi_url="/openapi.json" if settings.http_documentation else None,
        docs_url=None,  # the query API serves the page for both services
        redoc_url=None,
        redirect_slashes=False,  # Starlette would build the address from the Host header
    )
    app.include_router(health_routes(ingest.unready_reason, ingest.degraded_reason))
    install(app)
    document_endpoints(app, settings)
    app.add_middleware(KnownParameters, document=app.openapi, on_refusal=partial(metrics.reject, "invalid"))
    app.add_middleware(_cors(settings))
    return app


def _cors(settings: IngestSettings) -> Callable[[ASGIApp], ASGIApp]:
    """Let pages on the allowed origins save."""
    if not settings.ingest_allowed_origins:
        return lambda app: app
    return partial(
        CORSMiddleware,
        allow_origins=settings.ingest_allowed_origins,
        allow_methods=["GET", "HEAD", "POST", "PUT", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Traceparent", "X-Request-Id", VERSION_HEADER],
        expose_headers=["Retry-After", "X-Request-Id", VERSION_HEADER],
        max_age=PREFLIGHT_SECONDS,
    )
