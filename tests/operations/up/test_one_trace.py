"""One heartbeat's trace through the four services, as processes, to a collector."""

from __future__ import annotations

import json
from contextlib import ExitStack
from itertools import pairwise
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest

from playhead.identity import mint_development_token
from playhead.settings import TokenSettings
from tests.faults.pipeline import running_pipeline, until
from tests.playhead.http.otlp_receiver import Collector, collector
from tests.query_api.world import new_person

if TYPE_CHECKING:
    from opentelemetry.proto.trace.v1.trace_pb2 import Span

pytestmark = [pytest.mark.services, pytest.mark.faults]

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
HEADERS = {"traceparent": f"00-{TRACE}-{CALLER}-01", "X-Request-Id": "from-a-proxy:1"}
WAY = [
    ("playhead-ingest", "POST /api/progress"),
    ("playhead-ingest", "send progress.heartbeats"),
    ("playhead-processor", "process progress.heartbeats"),
    ("playhead-sink", "store progress.states"),
]
"""Each is the parent of the next."""
READ = ("playhead-query", "GET /api/progress/{id}")


def save_and_read(url: str, **headers: str) -> list[httpx.Response]:
    person, content = new_person(), str(uuid4())
    token = mint_development_token(TokenSettings(), person.tenant_id, person.user_id, ())
    body = {"contentId": content, "progressPercentage": 50, "metadata": {"durationSeconds": 600}}
    with httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"} | headers) as client:
        saved = client.post("/api/progress", json=body)
        read = client.get(f"/api/progress/{content}")
    assert (saved.status_code, read.status_code) == (202, 200), (saved.text, read.text)
    return [saved, read]


def test_one_heartbeat_is_one_trace_through_all_four_services() -> None:
    """Then the collector goes away, which stops nothing: `Pipeline.stop` asserts that each service ends."""
    with ExitStack() as stack:
        receiving = stack.enter_context(ExitStack())
        receiver = receiving.enter_context(collector())
        environment = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint,
            "OTEL_TRACES_SAMPLER_ARG": "0",  # nothing but what the caller has sampled
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }
        pipeline = stack.enter_context(running_pipeline(environment=environment))
        answers = save_and_read(pipeline.url, **HEADERS)
        assert {each.headers["x-request-id"] for each in answers} == {"from-a-proxy:1"}
        save_and_read(pipeline.url)  # not sampled
        assert_one_trace(spans_once_all_arrived(receiver))
        assert person_ids_in(receiver) == []
        receiving.close()
        save_and_read(pipeline.url, **HEADERS)
        pipeline.healed()


def assert_one_trace(found: dict[tuple[str, str], Span]) -> None:
    ids = {name: span.span_id.hex() for name, span in found.items()}
    assert {name: span.parent_span_id.hex() for name, span in found.items()} == {
        WAY[0]: CALLER,
        **{child: ids[parent] for parent, child in pairwise(WAY)},
        READ: CALLER,
    }
    processed = found[WAY[2]]
    attributes = {each.key: each.value for each in processed.attributes}
    assert attributes["messaging.destination.name"].string_value == "progress.heartbeats"
    assert len(processed.links) == 1  # to the span of the batch


def spans_once_all_arrived(receiver: Collector) -> dict[tuple[str, str], Span]:
    wanted = {*WAY, READ}

    def arrived() -> dict[tuple[str, str], Span] | None:
        found = receiver.spans_of(TRACE)
        return found if found.keys() >= wanted else None

    try:
        found = until(arrived, 60, "all spans")
    except TimeoutError as error:
        raise AssertionError(f"only {sorted(receiver.spans_of(TRACE))}") from error
    assert found.keys() == wanted
    return found


def person_ids_in(receiver: Collector) -> list[str]:
    """Attributes with the form of an id; the paths of requests have those of people."""
    return [
        json.dumps([span.name, each.key])
        for span in receiver.spans
        for each in span.attributes
        if each.value.string_value.count("-") >= 4
    ]
