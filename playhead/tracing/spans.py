"""The tracer: spans of sampled requests and records, sent to a collector. Requires the `otel` extra.

What is sampled was decided before a span begins, so everything here is sent. A collector that is slow or away
delays nothing: spans wait in a queue of limited length, for a thread of its own, and those that find it full
are dropped and counted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Literal

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)
from prometheus_client import Counter

from playhead.tracing.context import TraceParent

FLUSH_SECONDS = 2.0
"""For the last spans when a service stops; a collector that is away costs the stop no more."""

SpanRole = Literal["server", "producer", "consumer", "internal"]
AttributeValue = str | int | float | bool

SPANS = Counter("playhead_trace_spans_total", "Spans, by what became of them.", ["outcome"])
"""`sent` to the collector, refused or not answered by it (`failed`), or `dropped` as too many waited."""
for _outcome in ("sent", "failed", "dropped"):
    SPANS.labels(_outcome)

_KINDS: Mapping[SpanRole, SpanKind] = {
    "server": SpanKind.SERVER,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
    "internal": SpanKind.INTERNAL,
}


class TraceSpan:
    """A span that was begun."""

    __slots__ = ("_span", "_tracer", "traceparent")

    def __init__(self, span: Span, tracer: Tracer) -> None:
        self._span = span
        self._tracer = tracer
        context = span.get_span_context()
        self.traceparent = f"00-{context.trace_id:032x}-{context.span_id:016x}-01".encode()
        """The header by which others continue it."""

    @property
    def log_fields(self) -> dict[str, str]:
        """What a log line has of it."""
        text = self.traceparent.decode()
        return {"trace_id": text[3:35], "span_id": text[36:52]}

    @property
    def context(self) -> SpanContext:
        """What a link refers to."""
        return self._span.get_span_context()

    def child(self, name: str, role: SpanRole, attributes: Mapping[str, AttributeValue]) -> TraceSpan:
        """Begin a span within this one."""
        return self._tracer.begin(name, role, attributes, parent=self.context)

    def note(self, event: str) -> None:
        """Note that something has happened now."""
        self._span.add_event(event)

    def set(self, name: str, value: AttributeValue) -> None:
        """Set an attribute."""
        self._span.set_attribute(name, value)

    def end(self, error: str | None = None) -> None:
        """End it now, as failed if there is an error."""
        if error is not None:
            self._span.set_status(Status(StatusCode.ERROR, error))
        self._span.end()


class Tracer:
    """Begins spans, and sends those that ended."""

    def __init__(self, service: str, queue: int) -> None:
        self._provider = TracerProvider(sampler=ALWAYS_ON, resource=resource(service), shutdown_on_exit=False)
        self._provider.add_span_processor(_BoundedProcessor(OTLPSpanExporter(), queue))
        self._tracer = self._provider.get_tracer("playhead", version("playhead"))

    def begin(
        self,
        name: str,
        role: SpanRole,
        attributes: Mapping[str, AttributeValue],
        *,
        parent: TraceParent | SpanContext | None = None,
        links: Sequence[TraceSpan] = (),
    ) -> TraceSpan:
        """Begin a span of the parent's trace, or of a new one."""
        span = self._tracer.start_span(
            name,
            context=Context() if parent is None else _within(parent),
            kind=_KINDS[role],
            attributes=attributes,
            links=[Link(each.context) for each in links],
        )
        return TraceSpan(span, self)

    def close(self) -> None:
        """Send what waits, for a limited time."""
        shut_down(self._provider.shutdown)


def shut_down(*shutdowns: Callable[[], None]) -> None:
    """Call each of these, all at once, and wait no longer than `FLUSH_SECONDS`.

    The SDK would wait up to thirty seconds for a collector that does not answer.
    """
    threads = [threading.Thread(target=each, daemon=True) for each in shutdowns]
    for thread in threads:
        thread.start()
    until = time.monotonic() + FLUSH_SECONDS
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))


def resource(service: str) -> Resource:
    """What a service says of itself; OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES take precedence."""
    named = Resource.create({"service.name": service, "service.version": version("playhead")})
    return named.merge(OTELResourceDetector().detect())


def _within(parent: TraceParent | SpanContext) -> Context:
    if isinstance(parent, TraceParent):
        sampled = TraceFlags(TraceFlags.SAMPLED)
        parent = SpanContext(parent.trace_id, parent.span_id, is_remote=True, trace_flags=sampled)
    return set_span_in_context(NonRecordingSpan(parent), Context())


class _BoundedProcessor(BatchSpanProcessor):
    """The SDK's processor, which counts what it does not take on; its own metrics are not Prometheus'."""

    def __init__(self, exporter: SpanExporter, queue: int) -> None:
        self._limit = queue
        self._waiting = 0
        self._lock = threading.Lock()
        super().__init__(_CountingExporter(exporter, self._taken), max_queue_size=queue)

    def on_end(self, span: ReadableSpan) -> None:
        """Queue an ended span, or drop it."""
        with self._lock:
            if self._waiting >= self._limit:
                SPANS.labels("dropped").inc()
                return
            self._waiting += 1
        super().on_end(span)

    def _taken(self, spans: int) -> None:
        with self._lock:
            self._waiting -= spans


class _CountingExporter(SpanExporter):
    """Counts what the collector has taken."""

    def __init__(self, exporter: SpanExporter, taken: Callable[[int], None]) -> None:
        self._exporter = exporter
        self._taken = taken

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send a batch."""
        self._taken(len(spans))
        result = self._exporter.export(spans)
        SPANS.labels("sent" if result is SpanExportResult.SUCCESS else "failed").inc(len(spans))
        return result

    def shutdown(self) -> None:
        """Give up on what is being sent."""
        self._exporter.shutdown()
