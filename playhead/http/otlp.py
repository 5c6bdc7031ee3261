"""The part of telemetry that requires the `otel` extra: providers, exporters and the middleware."""

from __future__ import annotations

import asyncio
import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Protocol

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
from opentelemetry.metrics import NoOpMeterProvider
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import NoOpTracerProvider

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_UNTRACED = "/healthz$,/readyz$,/metrics$"
"""Requested every few seconds by machines; traces of them are of no use."""
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class _Provider(Protocol):
    def shutdown(self) -> None: ...


def trace_and_measure(app: ASGIApp, service: str, signals: frozenset[str]) -> ASGIApp:
    """See `telemetry.instrument`."""
    resource = _resource(service)
    traces = _tracer_provider(resource) if "traces" in signals else None
    metrics = _meter_provider(resource) if "metrics" in signals else None
    wrapped = OpenTelemetryMiddleware(
        app,
        excluded_urls=_UNTRACED,
        default_span_details=span_details,
        exclude_spans=["receive", "send"],  # otherwise one span for each event of a live stream
        tracer_provider=traces or NoOpTracerProvider(),
        meter_provider=metrics or NoOpMeterProvider(),
    )
    return _ShutDownWithTheApp(wrapped, [each for each in (traces, metrics) if each is not None])


def span_details(scope: Scope) -> tuple[str, dict[str, Any]]:
    """Name the span of a request by its method and path without ids, which would make a name for each."""
    if scope["type"] != "http":
        return scope["type"], {}
    return f"{scope['method']} {_UUID.sub('{id}', scope['path'])}", {}


class _ShutDownWithTheApp:
    """Sends what is left when the lifespan of the application ends.

    This happens before the server is notified of the end, as it stops the loop right after.
    """

    def __init__(self, app: ASGIApp, providers: Sequence[_Provider]) -> None:
        self._app = app
        self._providers = providers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def flush_then_send(message: Message) -> None:
            if message["type"].startswith("lifespan.shutdown."):
                await self._shut_down()
            await send(message)

        await self._app(scope, receive, flush_then_send if scope["type"] == "lifespan" else send)

    async def _shut_down(self) -> None:
        # Concurrently and off the loop: each may wait for an unavailable collector.
        await asyncio.gather(*(asyncio.to_thread(each.shutdown) for each in self._providers))


def _resource(service: str) -> Resource:
    named = Resource.create({"service.name": service, "service.version": version("playhead")})
    # The environment takes precedence: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES.
    return named.merge(OTELResourceDetector().detect())


def _tracer_provider(resource: Resource) -> TracerProvider:
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def _meter_provider(resource: Resource) -> MeterProvider:
    return MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())], resource=resource)
