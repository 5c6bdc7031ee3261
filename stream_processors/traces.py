"""The spans of sampled heartbeats in a batch. Without a tracer, and in nearly every batch, there are none.

Each has its own trace and so its own span, from the start of its batch to the acknowledgement of its state.
What takes that long is the batch, so a span of the batch, in a trace of its own, notes its steps, and each of
the others links to it. No span has the id of a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self

from playhead.kafka.batches import RecordBatch, SourceRecord
from playhead.tracing.context import (
    REQUEST_ID,
    TRACEPARENT,
    KafkaHeaders,
    TraceParent,
    header_of,
    messaging_attributes,
    sampled_parent,
)
from playhead.wire.errors import WireError
from playhead.wire.heartbeats import decode_heartbeat
from playhead.wire.keys import state_key

if TYPE_CHECKING:
    from playhead.tracing.spans import Tracer, TraceSpan

SampledRecord = tuple[SourceRecord, TraceParent]
NO_HEADERS: Mapping[bytes, KafkaHeaders] = {}


class BatchTraces:
    """The spans of one batch; a context manager that ends them."""

    def __init__(
        self, tracer: Tracer, topic: str, batch: RecordBatch, records: Sequence[SampledRecord]
    ) -> None:
        self.headers_of_states: dict[bytes, KafkaHeaders] = {}
        """The headers of the state that follows from a sampled heartbeat, by its key."""
        self._topic = topic
        place = messaging_attributes("process", topic) | {
            "messaging.destination.partition.id": str(batch.partition)
        }
        self._batch = tracer.begin(
            "process batch",
            "internal",
            place
            | {
                "messaging.batch.message_count": len(batch.records),
                "messaging.kafka.offset": batch.first_offset,
            },
        )
        self._spans: list[TraceSpan] = []
        for record, parent in records:
            attributes = place | {"messaging.kafka.offset": record.offset}
            span = tracer.begin(
                f"process {topic}", "consumer", attributes, parent=parent, links=(self._batch,)
            )
            self._spans.append(span)
            if (key := _key_of_state(record)) is not None:
                self.headers_of_states[key] = _headers(span, record)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        failure = None if kind is None else kind.__name__
        for span in (*self._spans, self._batch):
            span.end(failure)

    def note(self, step: str) -> None:
        """Note that a step of the batch has ended."""
        self._batch.note(step)


def begin_traces(tracer: Tracer | None, topic: str, batch: RecordBatch) -> BatchTraces | None:
    """The spans of a batch; None unless traces are sent and a record of it is sampled."""
    if tracer is None:
        return None
    records = sampled(batch)
    return BatchTraces(tracer, topic, batch, records) if records else None


def sampled(batch: RecordBatch) -> list[SampledRecord]:
    """The records of sampled requests, with the span that sent each."""
    candidates = [each for each in batch.records if each.headers]  # the only cost for most batches
    parents = ((each, sampled_parent(each.headers)) for each in candidates)
    return [(each, parent) for each, parent in parents if parent is not None]


def _headers(span: TraceSpan, record: SourceRecord) -> KafkaHeaders:
    request_id = header_of(record.headers, REQUEST_ID)
    traced = (TRACEPARENT, span.traceparent)
    return (traced,) if request_id is None else (traced, (REQUEST_ID, request_id))


def _key_of_state(record: SourceRecord) -> bytes | None:
    """Decode the record once more: there are few of them, and `decide` need not know of traces."""
    try:
        heartbeat = decode_heartbeat(record.value or b"")
    except WireError:
        return None  # it becomes a dead letter
    return state_key(heartbeat.tenant_id, heartbeat.user_id, heartbeat.content_id).encode()
