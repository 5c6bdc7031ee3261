from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from importlib.metadata import version
from typing import TYPE_CHECKING

import httpx
import pytest
from asgi_lifespan import LifespanManager
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from playhead.http.telemetry import instrument
from playhead.tracing.context import log_fields
from playhead.tracing.start import TelemetryError
from tests.playhead.http.otlp_receiver import Collector, collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

ITEM = "0b2f7c1e-3d44-4a55-9e66-1f2e3d4c5b6a"


@pytest.fixture(autouse=True)
def _unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    with collector() as running:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", running.endpoint)
        monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_always_on")
        yield running


def service() -> Starlette:
    async def answer(_: Request) -> Response:
        return PlainTextResponse("here")

    paths = ("/api/progress/{content_id}", "/healthz", "/readyz", "/metrics")
    return Starlette(routes=[Route(path, answer) for path in paths])


def client_of(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://here")


async def ask(app: ASGIApp, *paths: str) -> None:
    """Serve these paths from start to shutdown."""
    async with LifespanManager(app, startup_timeout=60, shutdown_timeout=60), client_of(app) as client:
        for path in paths:
            assert (await client.get(path)).text == "here"


def test_is_the_same_application_when_nobody_asks() -> None:
    app = service()
    assert instrument(app, "playhead-query") is app


@pytest.mark.parametrize(
    "variables",
    [
        {"OTEL_SDK_DISABLED": "true"},
        {"OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
    ],
)
def test_is_the_same_application_when_told_not_to(
    variables: dict[str, str], receiver: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert receiver.port
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    app = service()
    assert instrument(app, "playhead-query") is app


@pytest.mark.anyio
async def test_sends_traces_by_the_end_of_the_lifespan(receiver: Collector) -> None:
    await ask(instrument(service(), "playhead-query"), f"/api/progress/{ITEM}")
    assert [span.name for span in receiver.spans] == ["GET /api/progress/{id}"]
    (span,) = receiver.spans
    attributes = {each.key: each.value for each in span.attributes}
    assert attributes["http.response.status_code"].int_value == 200
    assert attributes["http.route"].string_value == "/api/progress/{content_id}"
    assert not receiver.metric_names


@pytest.mark.anyio
async def test_measures_requests_for_the_collector_where_that_is_asked_for(
    receiver: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "otlp")
    await ask(instrument(service(), "playhead-query"), f"/api/progress/{ITEM}")
    assert len(receiver.spans) == 1
    assert "http.server.duration" in receiver.metric_names


@pytest.mark.anyio
async def test_names_the_service_and_its_version(receiver: Collector) -> None:
    await ask(instrument(service(), "playhead-query"), f"/api/progress/{ITEM}")
    assert receiver.resource["service.name"] == "playhead-query"
    assert receiver.resource["service.version"] == version("playhead")


@pytest.mark.anyio
async def test_the_environment_may_name_it_otherwise(
    receiver: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "progress-eu")
    await ask(instrument(service(), "playhead-query"), f"/api/progress/{ITEM}")
    assert receiver.resource["service.name"] == "progress-eu"
    assert receiver.resource["service.version"] == version("playhead")


@pytest.mark.anyio
async def test_leaves_out_the_questions_of_machines(receiver: Collector) -> None:
    await ask(
        instrument(service(), "playhead-query"),
        "/healthz",
        "/readyz",
        "/metrics",
        f"/api/progress/{ITEM}",
    )
    assert len(receiver.spans) == 1


TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


async def ask_as_caller(app: ASGIApp, *headers: str) -> None:
    async with LifespanManager(app, startup_timeout=30, shutdown_timeout=30), client_of(app) as client:
        for each in headers:
            await client.get(f"/api/progress/{ITEM}", headers={"traceparent": each})


@pytest.mark.anyio
async def test_continues_the_trace_of_the_caller(receiver: Collector) -> None:
    await ask_as_caller(instrument(service(), "playhead-query"), f"00-{TRACE}-{CALLER}-01")
    (span,) = receiver.spans
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, CALLER)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("sampler", "flags", "traced"),
    [
        ("parentbased_always_on", "00", 0),  # the caller has decided
        ("parentbased_always_off", "01", 1),
        ("always_off", "01", 0),
        ("always_on", "00", 1),
    ],
)
async def test_whose_decision_counts(
    sampler: str, flags: str, traced: int, receiver: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", sampler)
    await ask_as_caller(instrument(service(), "playhead-query"), f"00-{TRACE}-{CALLER}-{flags}")
    assert len(receiver.spans) == traced


@pytest.mark.anyio
async def test_no_caller_turns_sampling_up_for_all(
    receiver: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_always_off")
    app = instrument(service(), "playhead-query", callers_per_second=0.001)
    await ask_as_caller(app, *[f"00-{TRACE}-{CALLER}-01"] * 20)
    assert len(receiver.spans) == 1


@pytest.mark.anyio
async def test_a_request_after_a_sampled_one_is_not_in_its_trace(
    receiver: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_always_off")
    known = []

    async def answer(_: Request) -> Response:
        known.append(log_fields().get("trace_id"))
        return PlainTextResponse("here")

    app = instrument(Starlette(routes=[Route("/api/progress/{content_id}", answer)]), "playhead-query")
    await ask_as_caller(app, f"00-{TRACE}-{CALLER}-01", f"00-{TRACE}-{CALLER}-00")
    assert known == [TRACE, None]
    assert len(receiver.spans) == 1


@pytest.mark.anyio
@pytest.mark.watches_the_clock
async def test_a_collector_that_is_away_costs_the_requests_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    started = time.monotonic()
    await ask(instrument(service(), "playhead-query"), *[f"/api/progress/{ITEM}"] * 50)
    assert time.monotonic() - started < 8  # a second at shutdown; ten by default


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "OTEL_EXPORTER_OTLP_PROTOCOL is grpc"),
    ],
)
def test_refuses_what_it_cannot_speak(
    variable: str, value: str, said: str, receiver: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert receiver.port
    monkeypatch.setenv(variable, value)
    with pytest.raises(TelemetryError, match=said):
        instrument(service(), "playhead-query")


WITHOUT_THE_EXTRA = """
import sys
sys.modules["opentelemetry"] = None  # Python's own way to say that a package is not there
from starlette.applications import Starlette
from playhead.http.telemetry import instrument
from playhead.tracing.start import TelemetryError
app = Starlette()
try:
    print("same" if instrument(app, "playhead-ingest") is app else "wrapped")
except TelemetryError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "same"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, "pip install 'playhead[otel]'"),
    ],
)
def test_without_the_extra(environment: dict[str, str], said: str) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_THE_EXTRA],
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert said in ran.stdout
