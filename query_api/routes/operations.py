"""Health, readiness, metrics and the document of the topics, for those who run the service."""

from __future__ import annotations

import asyncio
import os

import msgspec
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from playhead.http.health import answer_health
from playhead.wire import asyncapi
from playhead.workers.reports import WorkerMembership
from query_api.context import context
from query_api.errors import UnavailableError
from query_api.http.answers import answer
from query_api.models import Health, Readiness
from query_api.openapi.responses import described, documented
from query_api.postgres import Database
from query_api.progress.redis_reader import RedisReader

router = APIRouter(tags=["operations"], default_response_class=Response)


@router.get(
    "/healthz",
    summary="Whether the process does its work",
    responses=documented(Health, "It does.")
    | {503: described(Health, "It is broken inside, and wants a restart.")},
)
async def read_health(request: Request) -> Response:
    """For a supervisor; does not ask the stores."""
    broken = context(request).listening.done()
    return answer(Health(status="broken" if broken else "ok"), 503 if broken else 200)


@router.get(
    "/readyz",
    summary="Whether requests can be answered",
    responses=documented(Readiness, "They can, by both stores, or `degraded` by one.")
    | {503: described(Readiness, "They cannot.")},
)
async def read_readiness(request: Request) -> Response:
    """For a load balancer: 200 as long as a store answers.

    Without Redis, answers are slower and live changes stop. Without Postgres, people whom Redis holds still
    have their progress, while reports, history and the directory answer 503. Of several workers, each must
    serve.
    """
    parts = context(request)
    postgres, redis = await asyncio.gather(_ping(parts.database), _ping(parts.hot))
    membership = WorkerMembership.of(os.environ)
    missing = None if membership is None else membership.unready_reason(None)
    status = "unready" if missing else _STATUS[(postgres, redis).count("ok")]
    readiness = Readiness(status=status, postgres=postgres, redis=redis, workers=missing or "ok")
    return answer(readiness, 503 if status == "unready" else 200)


@router.get(
    "/metrics",
    summary="Metrics for Prometheus",
    responses={200: {"description": "Counters and histograms.", "content": {"text/plain": {}}}},
)
async def read_metrics(request: Request) -> Response:
    """In the format that the scraper asks for."""
    answer = answer_health("/metrics", request.headers.get("accept", ""))
    return Response(answer.body, headers={"Content-Type": answer.content_type})


@router.get(
    "/asyncapi.json",
    summary="The AsyncAPI document of the log",
    responses={200: {"description": "Topics and their records.", "content": {"application/json": {}}}},
)
async def read_asyncapi(request: Request) -> Response:
    """What flows over Kafka, under this installation's topic names."""
    document = asyncapi.document(context(request).settings.kafka_prefix)
    return Response(msgspec.json.encode(document), media_type="application/json")


_STATUS = ("unready", "degraded", "ready")
"""By the number of stores that respond."""


async def _ping(store: Database | RedisReader) -> str:
    try:
        await store.ping()
    except UnavailableError as error:
        return error.reason
    return "ok"
