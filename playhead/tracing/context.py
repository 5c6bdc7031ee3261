"""What identifies a request and its trace, and how it travels: in headers and in log lines."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from itertools import count
from typing import Literal, NamedTuple, Protocol

TRACEPARENT = "traceparent"
REQUEST_ID = "x-request-id"
"""Names of headers, of HTTP and of records of Kafka."""
KafkaHeaders = tuple[tuple[str, bytes], ...]

_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
_ZEROS = (b"0" * 32, b"0" * 16)
_SAMPLED = 1


class TraceParent(NamedTuple):
    """A span of another service, as `traceparent` names it."""

    trace_id: int
    span_id: int
    is_sampled: bool


def parse_traceparent(header: bytes) -> TraceParent | None:
    """The span that a header names; None if it is not one of W3C's trace context."""
    found = _TRACEPARENT.fullmatch(header)
    if found is None or header[:2] == b"ff":
        return None
    trace_id, span_id, flags, more = found.groups()
    if more and header[:2] == b"00":  # only a later version has more after the flags
        return None
    if trace_id == _ZEROS[0] or span_id == _ZEROS[1]:
        return None
    return TraceParent(int(trace_id, 16), int(span_id, 16), bool(int(flags, 16) & _SAMPLED))


class RequestSpan(Protocol):
    """The part of a `TraceSpan` that is needed here, without OpenTelemetry's packages."""

    @property
    def traceparent(self) -> bytes:
        """The header by which others continue it."""
        ...

    @property
    def log_fields(self) -> dict[str, str]:
        """What a log line has of it."""
        ...

    def child(self, name: str, role: Literal["producer"], attributes: Mapping[str, str | int]) -> RequestSpan:
        """Begin a span within this one."""
        ...

    def end(self, error: str | None = None) -> None:
        """End it now, as failed if there is an error."""
        ...


class RequestContext:
    """The request that a task works on."""

    __slots__ = ("request_id", "span")

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        self.span: RequestSpan | None = None
        """Only of a sampled request."""


_current: ContextVar[RequestContext | None] = ContextVar("playhead_request", default=None)
enter_request = _current.set
current_request = _current.get
leave_request = _current.reset

_PROCESS = os.urandom(6).hex()
_numbers = count(1)


def request_id_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The id that a request carries, if it is well-formed, else a new one.

    Ids of one process differ by their number alone: they are no secret, and a random one for each request
    would cost ten times as much.
    """
    for name, value in headers:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value) is not None:
            return value.decode("ascii")
    return f"{_PROCESS}-{next(_numbers):x}"


def log_fields() -> dict[str, str]:
    """What each log line of the current request has: its id, and the trace and span if it is sampled."""
    request = _current.get()
    if request is None:
        return {}
    if request.span is None:
        return {"request_id": request.request_id}
    return {"request_id": request.request_id} | request.span.log_fields


def header_of(headers: Iterable[tuple[str, bytes | None]], name: str) -> bytes | None:
    """The first header of a record by this name."""
    return next((value for each, value in headers if each == name), None)


def parent_of(headers: Iterable[tuple[str, bytes | None]]) -> TraceParent | None:
    """The span that sent a record; None if it names none."""
    return parse_traceparent(header_of(headers, TRACEPARENT) or b"")


def sampled_parent(headers: Iterable[tuple[str, bytes | None]]) -> TraceParent | None:
    """The span that sent a record, if its request is sampled."""
    parent = parent_of(headers)
    return parent if parent is not None and parent.is_sampled else None


def messaging_attributes(operation: Literal["send", "process"], topic: str) -> dict[str, str | int]:
    """The attributes of a span about records of a topic, by OpenTelemetry's names."""
    return {
        "messaging.system": "kafka",
        "messaging.operation.type": operation,
        "messaging.destination.name": topic,
    }


def record_fields(
    topic: str, partition: int, offset: int, headers: Iterable[tuple[str, bytes | None]] = ()
) -> dict[str, object]:
    """The fields of a log line about a record: its place, and the request that sent it, if it is known."""
    fields: dict[str, object] = {"topic": topic, "partition": partition, "offset": offset}
    if (request_id := header_of(headers, REQUEST_ID)) is not None:
        fields["request_id"] = request_id.decode("latin-1")
    if (parent := parent_of(headers)) is not None:
        fields["trace_id"] = f"{parent.trace_id:032x}"
    return fields


def begin_sending(topic: str, records: int) -> tuple[KafkaHeaders, Callable[[], None]]:
    """The headers of records that the current request sends, and what to call once they are acknowledged.

    Both are empty unless the request is sampled. Called in a `finally`, the function sees a failure.
    """
    request = _current.get()
    if request is None or request.span is None:
        return (), _nothing
    span = request.span.child(
        f"send {topic}",
        "producer",
        messaging_attributes("send", topic) | {"messaging.batch.message_count": records},
    )

    def end() -> None:
        error = sys.exception()
        span.end(None if error is None else type(error).__name__)

    return ((TRACEPARENT, span.traceparent), (REQUEST_ID, request.request_id.encode())), end


def _nothing() -> None:
    """End no span."""
