"""The metrics, in prometheus_client's default registry, and the middleware that counts requests."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TypeVar

from prometheus_client import Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

T = TypeVar("T")

REQUESTS = Counter("playhead_query_requests_total", "Requests answered.", ["route", "status"])
SECONDS = Histogram(
    "playhead_query_request_seconds",
    "From a request to the beginning of its answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
ANSWERS = Counter("playhead_query_answers_total", "Questions about progress, by who answered.", ["source"])
PASSED_ON = Counter(
    "playhead_query_passed_on_total", "Questions that Redis could not answer, by why.", ["reason"]
)
CATALOGUE_READS = Counter(
    "playhead_query_catalogue_reads_total", "Looks into the catalogue for changed policies.", ["outcome"]
)
POOL_CONNECTIONS = Gauge(
    "playhead_query_postgres_pool_connections",
    "Connections that a pool may have.",
    ["pool"],
    multiprocess_mode="livesum",
)
POOL_USED = Gauge(
    "playhead_query_postgres_pool_used",
    "Connections of a pool that are in use.",
    ["pool"],
    multiprocess_mode="livesum",
)
POOL_WAITING = Gauge(
    "playhead_query_postgres_pool_waiting",
    "Transactions that wait for a connection of a pool.",
    ["pool"],
    multiprocess_mode="livesum",
)
POOL_WAIT_SECONDS = Histogram(
    "playhead_query_postgres_pool_wait_seconds",
    "How long a transaction waited for a connection.",
    ["pool"],
    buckets=(0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
STREAMS = Gauge(
    "playhead_query_live_streams",
    "Live streams open, of persons and of teams.",
    ["kind"],
    multiprocess_mode="livesum",
)
STREAMS_ENDED = Counter(
    "playhead_query_live_streams_ended_total",
    "Live streams that were ended here, by why.",
    ["kind", "reason"],
)
EXPORTS = Gauge("playhead_query_exports", "Exports at work.", multiprocess_mode="livesum")
EXPORTED_ROWS = Counter(
    "playhead_query_exported_rows_total",
    "Rows of exports that were sent whole, by the kind of file.",
    ["format"],
)
AUDIT_EVENTS = Counter("playhead_query_audit_events_total", "Audit events.", ["act", "outcome"])
AUDIT_WAITING = Gauge(
    "playhead_query_audit_waiting",
    "Audit events that PostgreSQL does not have yet.",
    multiprocess_mode="livesum",
)
AUDIT_LOST = Counter(
    "playhead_query_audit_lost_total",
    "Audit events that are in the log alone, since too many waited for PostgreSQL.",
)

LIMITED = Counter(
    "playhead_query_limited_total", "Requests answered 429, by the limit that was reached.", ["limit"]
)

UNMATCHED = "unmatched"


class PoolMeter:
    """Measures how a pool of connections is used."""

    def __init__(self, pool: str, connections: int) -> None:
        POOL_CONNECTIONS.labels(pool).inc(connections)
        self._used, self._waiting = POOL_USED.labels(pool), POOL_WAITING.labels(pool)
        self._wait_seconds = POOL_WAIT_SECONDS.labels(pool)

    @asynccontextmanager
    async def use(self, connection: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
        """Enter `connection`, and measure how long that takes and how many are in it."""
        async with AsyncExitStack() as stack:
            with self._wait_seconds.time(), self._waiting.track_inprogress():
                entered = await stack.enter_async_context(connection)
            with self._used.track_inprogress():
                yield entered


def count_answer(outcome: str) -> None:
    """Count a store that answered a question about progress, or why Redis did not."""
    (ANSWERS if outcome in {"redis", "postgres"} else PASSED_ON).labels(outcome).inc()


class CountRequests:
    """ASGI middleware. Labels are the route's template, never the path, which has an id for each item."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the answer when it begins."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, answered = time.perf_counter(), False

        def count(status: int) -> None:
            nonlocal answered
            answered = True
            route = getattr(scope.get("route"), "path", UNMATCHED)
            REQUESTS.labels(route, str(status)).inc()
            SECONDS.labels(route).observe(time.perf_counter() - began)

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                count(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, counted)
        except Exception:
            # An outer middleware answers, and its messages do not pass here.
            if not answered:
                count(500)
            raise
