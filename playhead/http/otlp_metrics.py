"""Metrics of requests by OTLP, where OTEL_METRICS_EXPORTER asks for them. Requires the `otel` extra."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.instrumentation.asgi import OpenTelemetryMiddleware
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.trace import NoOpTracerProvider

from playhead.tracing.spans import resource, shut_down

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Scope


def measure(app: ASGIApp, service: str, excluded: str) -> tuple[ASGIApp, Callable[[], None]]:
    """The application with metrics of its requests except `excluded` paths, and what sends the last ones."""
    reader = PeriodicExportingMetricReader(OTLPMetricExporter())
    provider = MeterProvider([reader], resource=resource(service), shutdown_on_exit=False)
    wrapped = OpenTelemetryMiddleware(
        app,
        excluded_urls=excluded,
        default_span_details=_unnamed,
        exclude_spans=["receive", "send"],  # otherwise one for each event of a live stream
        tracer_provider=NoOpTracerProvider(),
        meter_provider=provider,
    )
    return wrapped, partial(shut_down, provider.shutdown)


def _unnamed(scope: Scope) -> tuple[str, dict[str, Any]]:
    return scope["type"], {}
