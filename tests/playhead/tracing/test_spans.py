from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from playhead.tracing.spans import SPANS, Tracer
from tests.playhead.http.otlp_receiver import collector

QUEUE = 512


@contextmanager
def silent_collector() -> Iterator[str]:
    """One that takes connections and answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def outcomes() -> dict[str, float]:
    return {name: SPANS.labels(name)._value.get() for name in ("sent", "failed", "dropped")}


def since(before: dict[str, float]) -> dict[str, float]:
    return {name: value - before[name] for name, value in outcomes().items()}


def end_spans(tracer: Tracer, count: int) -> float:
    """End so many spans; the longest time that one took."""
    longest = 0.0
    for _ in range(count):
        began = time.perf_counter()
        tracer.begin("request", "server", {"http.request.method": "GET"}).end()
        longest = max(longest, time.perf_counter() - began)
    return longest


def test_spans_that_a_collector_takes_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    before = outcomes()
    with collector() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint)
        tracer = Tracer("playhead-test", QUEUE)
        parent = tracer.begin("batch", "internal", {})
        tracer.begin("record", "consumer", {}, links=(parent,)).end("BatchTooLargeError")
        parent.end()
        tracer.close()
        record, batch = sorted(receiver.spans, key=lambda each: each.name, reverse=True)
    assert since(before) == {"sent": 2, "failed": 0, "dropped": 0}
    assert [link.span_id for link in record.links] == [batch.span_id]
    assert record.trace_id != batch.trace_id
    assert record.status.message == "BatchTooLargeError"


@pytest.mark.watches_the_clock
def test_a_collector_that_does_not_answer_delays_neither_spans_nor_the_stop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = outcomes()
    with silent_collector() as endpoint:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)
        tracer = Tracer("playhead-test", QUEUE)
        longest = end_spans(tracer, 3 * QUEUE)
        began = time.monotonic()
        tracer.close()
        closing = time.monotonic() - began
    assert since(before)["sent"] == 0
    assert QUEUE <= since(before)["dropped"] <= 2 * QUEUE  # as a batch may have been on its way
    assert longest < 1
    assert closing < 5
