"""The spans of sampled states, from reading to the commit of their transaction. Without a tracer none exist.

The loop begins them, the writer's thread ends those that it has stored. What is read and not stored, as when
partitions are revoked, is read again by another sink: its spans are dropped unfinished, and never sent.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from confluent_kafka import Message

from playhead.tracing.context import messaging_attributes, record_fields, sampled_parent

if TYPE_CHECKING:
    from playhead.tracing.spans import Tracer, TraceSpan

_Place = tuple[int, int]
"""Partition and offset."""


class StateTraces:
    """The sampled states that were read and are not stored yet."""

    def __init__(self, tracer: Tracer, topic: str) -> None:
        self._tracer = tracer
        self._topic = topic
        self._lock = threading.Lock()
        self._read: dict[_Place, tuple[TraceSpan, dict[str, object]]] = {}

    def read(self, message: Message) -> None:
        """Begin the span of a record, if it is sampled."""
        headers = message.headers()
        if not headers:
            return
        parent = sampled_parent(headers)
        if parent is None:
            return
        place = message.partition(), message.offset()
        attributes = messaging_attributes("process", self._topic) | {
            "messaging.destination.partition.id": str(place[0]),
            "messaging.kafka.offset": place[1],
        }
        span = self._tracer.begin(f"store {self._topic}", "consumer", attributes, parent=parent)
        with self._lock:
            self._read[place] = span, record_fields(self._topic, *place, headers)

    def clear(self) -> None:
        """Forget what was read, as it is to be read again."""
        with self._lock:
            self._read.clear()

    @contextmanager
    def storing(self, positions: Mapping[int, int], records: int) -> Iterator[None]:
        """A span of the attempt to store what lies before these positions; none if nothing of it is sampled.

        It is in a trace of its own, which links to those of the states.
        """
        with self._lock:
            stored = [span for place, (span, _) in self._read.items() if _is_before(place, positions)]
        if not stored:
            yield
            return
        attributes = messaging_attributes("process", self._topic) | {"messaging.batch.message_count": records}
        batch = self._tracer.begin("store batch", "internal", attributes, links=stored)
        try:
            yield
        except BaseException as error:
            batch.end(type(error).__name__)
            raise
        batch.end()

    def stored(self, positions: Mapping[int, int], rejected: Mapping[_Place, str]) -> None:
        """End the spans before these positions: they are committed, or became dead letters for a reason."""
        with self._lock:
            done = [place for place in self._read if _is_before(place, positions)]
            ended = [(place, self._read.pop(place)) for place in done]
        for place, (span, _) in ended:
            span.end(rejected.get(place))

    def fields(self, partition: int, offset: int) -> dict[str, object]:
        """What a log line about a record has of its request, if that is sampled."""
        with self._lock:
            _, known = self._read.get((partition, offset), (None, {}))
        return known


def _is_before(place: _Place, positions: Mapping[int, int]) -> bool:
    partition, offset = place
    return offset < positions.get(partition, 0)
