"""The process: health, metrics, documents, starting and stopping."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from playhead.wire import asyncapi
from tests.query_api.serving import Service, serving
from tests.query_api.world import World, headers, new_content, new_person, watched

pytestmark = pytest.mark.services


@pytest.fixture
def service(world: World, tmp_path: Path) -> Iterator[Service]:
    with serving(world.settings(kafka_prefix="blue-"), tmp_path) as service:
        yield service


def test_health_readiness_and_documents(service: Service) -> None:
    with httpx.Client(base_url=service.url) as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").json() == {
            "status": "ready",
            "postgres": "ok",
            "redis": "ok",
            "workers": "ok",
        }
        assert client.get("/asyncapi.json").json() == asyncapi.document("blue-")
        assert client.get("/openapi.json").json()["info"]["title"] == "Playhead"


def test_requests_are_counted_by_template_and_answers_by_source(service: Service, world: World) -> None:
    held, unheld, content = new_person(), new_person(), new_content()
    world.hold(held, {content: watched(60)})
    with httpx.Client(base_url=service.url) as client:
        for person in (held, unheld):
            client.get(f"/api/progress/{content}", headers=headers(service.settings, person))
        client.get(f"/api/progress/{content}")
        client.get(f"/nothing/{content}")
        metrics = client.get("/metrics").text

    assert 'playhead_query_requests_total{route="/api/progress/{contentId}",status="200"} 2.0' in metrics
    assert 'playhead_query_requests_total{route="/api/progress/{contentId}",status="401"} 1.0' in metrics
    assert 'playhead_query_requests_total{route="unmatched",status="404"} 1.0' in metrics
    assert 'playhead_query_answers_total{source="redis"} 1.0' in metrics
    assert 'playhead_query_answers_total{source="postgres"} 1.0' in metrics
    assert 'playhead_query_passed_on_total{reason="not_held"} 1.0' in metrics
    assert 'playhead_query_request_seconds_count{route="/api/progress/{contentId}"} 3.0' in metrics
    assert content not in metrics


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(service: Service, number: signal.Signals) -> None:
    service.process.send_signal(number)

    assert service.process.wait(10) == 0
    assert "Traceback" not in service.log.read_text()


def test_a_taken_port_ends_it_with_an_error_that_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code = (
            "from playhead.settings import QuerySettings; from query_api.service import run; "
            f"run(QuerySettings(query_port={port}))"
        )
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert ran.returncode != 0
    assert f"cannot serve HTTP on 127.0.0.1:{port}" in ran.stderr
