"""OpenTelemetry for an HTTP service, enabled by the standard `OTEL_*` variables.

Without OTEL_EXPORTER_OTLP_ENDPOINT (or the variant for one signal) the application is not wrapped, and the
`otel` extra is not required. With it, the requests that are sampled become spans. Metrics of requests by OTLP
are a matter of their own, for those who ask for them.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from playhead.settings.telemetry import TelemetrySettings
from playhead.tracing.context import (
    RequestContext,
    TraceParent,
    current_request,
    enter_request,
    leave_request,
    request_id_of,
)
from playhead.tracing.sampling import RequestSampler, SamplingVerdict
from playhead.tracing.start import extra_missing, require_protocol, start_tracer

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from playhead.tracing.spans import Tracer

_MACHINES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Requested every few seconds by machines; traces of them are of no use."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_FIRST_SERVER_ERROR = 500


def instrument(
    app: ASGIApp, service: str, *, callers_per_second: float = 1.0, settings: TelemetrySettings | None = None
) -> ASGIApp:
    """Wrap an application so that its requests are traced; returns it unchanged if nothing is sent.

    Call it in the composition root, on the application that the server runs. The rest is sent when the
    lifespan of the application ends. An unavailable collector does not delay requests.

    Args:
        app: Serves the requests.
        service: The name in traces (`playhead-ingest`), unless OTEL_SERVICE_NAME is set.
        callers_per_second: How many traces that callers have begun are followed.
        settings: By default, read from the environment.

    Raises:
        TelemetryError: the extra is not installed, or the protocol is not supported.
    """
    settings = TelemetrySettings() if settings is None else settings
    if "metrics" in settings.signals:
        app = _measured(app, service, settings)
    tracer = start_tracer(service, settings)
    if tracer is None:
        return app
    sampler = RequestSampler(
        settings.share,
        callers_per_second=callers_per_second,
        follows_callers=settings.follows_callers,
        random=random.random,
        now=time.monotonic,
    )
    return RequestTraces(app, tracer, sampler)


def _measured(app: ASGIApp, service: str, settings: TelemetrySettings) -> ASGIApp:
    require_protocol(settings)
    try:
        from playhead.http.otlp_metrics import measure
    except ModuleNotFoundError as error:
        raise extra_missing(error) from error
    measured, shutdown = measure(app, service, ",".join(f"{path}$" for path in sorted(_MACHINES)))
    return ClosingApp(measured, shutdown)


class ClosingApp:
    """Calls a function on another thread when the lifespan of an application ends.

    This happens before the server is notified of the end, as it stops the loop right after.
    """

    def __init__(self, app: ASGIApp, close: Callable[[], None]) -> None:
        self._app = app
        self._close = close

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass everything on; of the lifespan, watch the end."""
        if scope["type"] != "lifespan":
            return self._app(scope, receive, send)

        async def close_then_send(message: Message) -> None:
            if message["type"].startswith("lifespan.shutdown."):
                await asyncio.to_thread(self._close)
            await send(message)

        return self._app(scope, receive, close_then_send)


class RequestTraces(ClosingApp):
    """Makes a span of each sampled request. Of the others it only looks for the `traceparent`."""

    def __init__(self, app: ASGIApp, tracer: Tracer, sampler: RequestSampler) -> None:
        super().__init__(app, tracer.close)
        self._tracer = tracer
        self._sampler = sampler

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Handle a request; no coroutine is put around one that is not sampled."""
        if scope["type"] == "http":
            verdict = self._verdict(scope)
            if verdict is not None and scope["path"] not in _MACHINES:
                return self._traced(
                    scope, receive, send, verdict if isinstance(verdict, TraceParent) else None
                )
        return super().__call__(scope, receive, send)

    def _verdict(self, scope: Scope) -> SamplingVerdict:
        for name, value in scope["headers"]:
            if name == b"traceparent":
                return self._sampler.decide(value)
        return "root" if self._sampler.undecided() else None

    async def _traced(self, scope: Scope, receive: Receive, send: Send, parent: TraceParent | None) -> None:
        known = current_request()
        request = RequestContext(request_id_of(scope["headers"]) if known is None else known.request_id)
        # No address: it has the ids of people.
        asked = {"http.request.method": scope["method"], "playhead.request_id": request.request_id}
        span = request.span = self._tracer.begin(span_name(scope), "server", asked, parent=parent)
        failure: str | None = None

        async def send_noting_status(message: Message) -> None:
            nonlocal failure
            if message["type"] == "http.response.start":
                span.set("http.response.status_code", message["status"])
                if message["status"] >= _FIRST_SERVER_ERROR:
                    failure = str(message["status"])
            await send(message)

        entered = enter_request(request)
        try:
            await self._app(scope, receive, send_noting_status)
        except BaseException as error:
            failure = type(error).__name__
            raise
        finally:
            leave_request(entered)
            route = getattr(scope.get("route"), "path", None)
            if route is not None:
                span.set("http.route", route)
            span.end(failure)


def span_name(scope: Scope) -> str:
    """Name the span of a request by its method and path without ids, which would make a name for each."""
    return f"{scope['method']} {_UUID.sub('{id}', scope['path'])}"
