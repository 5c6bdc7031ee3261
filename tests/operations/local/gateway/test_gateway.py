from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from operations.local import ports
from operations.local.gateway.app import create_app
from operations.local.gateway.settings import GatewaySettings
from tests.operations.local.gateway.servers import serving


class Upstream:
    """Says who it is and what it was asked; streams until told to end."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.stream_ended = threading.Event()
        self.first_chunk = threading.Event()
        routes = [
            Route("/events", self.events),
            Route("/slow", self.slow),
            Route("/{path:path}", self.echo, methods=["GET", "POST", "DELETE", "PUT", "HEAD"]),
        ]
        self.app = Starlette(routes=routes)

    async def echo(self, request: Request) -> Response:
        chunks = []
        async for chunk in request.stream():
            chunks.append(chunk)
            self.first_chunk.set()
        told = {
            "service": self.name,
            "method": request.method,
            "target": request.scope["raw_path"].decode() + "?" + request.scope["query_string"].decode(),
            "headers": dict(request.headers),
            "body": b"".join(chunks).decode(),
        }
        return JSONResponse(told, headers={"X-Own": "kept", "Keep-Alive": "timeout=9"})

    async def events(self, _: Request) -> Response:
        async def stream() -> AsyncIterator[bytes]:
            try:
                yield b"data: 1\n\n"
                await asyncio.Event().wait()  # silent for ever after
            finally:
                self.stream_ended.set()

        return StreamingResponse(stream(), media_type="text/event-stream")

    async def slow(self, _: Request) -> Response:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")


@pytest.fixture(scope="module")
def query() -> Upstream:
    return Upstream("query")


@pytest.fixture(scope="module")
def ingest() -> Upstream:
    return Upstream("ingest")


@pytest.fixture(scope="module")
def gateway(ingest: Upstream, query: Upstream) -> Iterator[httpx.Client]:
    with ExitStack() as running:
        settings = GatewaySettings(
            gateway_ingest_url=running.enter_context(serving(ingest.app)),
            gateway_query_url=running.enter_context(serving(query.app)),
            gateway_answer_seconds=0.5,
        )
        url = running.enter_context(serving(create_app(settings)))
        yield running.enter_context(httpx.Client(base_url=url, timeout=10))


def test_save_goes_to_ingest_and_lookup_to_query(gateway: httpx.Client) -> None:
    saved = gateway.post("/api/progress", json={"contentId": "x"})
    looked_up = gateway.get("/api/progress")

    assert saved.json()["service"] == "ingest"
    assert saved.json()["body"] == '{"contentId":"x"}'
    assert looked_up.json()["service"] == "query"


def test_target_is_handed_on_byte_for_byte(gateway: httpx.Client) -> None:
    answer = gateway.get("/pages/a%2Fb%20c?q=%C3%A9&q=&r=a+b")
    assert answer.json()["target"] == "/pages/a%2Fb%20c?q=%C3%A9&q=&r=a+b"


def test_end_to_end_headers_pass_and_hop_by_hop_ones_do_not(gateway: httpx.Client) -> None:
    sent = {"Authorization": "Bearer t", "Connection": "X-Private", "X-Private": "1", "TE": "trailers"}
    answer = gateway.get("/api/progress", headers={**sent, "X-Forwarded-For": "10.0.0.9"})
    seen = answer.json()["headers"]

    assert seen["authorization"] == "Bearer t"
    assert seen["x-forwarded-for"] == "10.0.0.9, 127.0.0.1"
    assert seen["x-forwarded-proto"] == "http"
    assert not {"x-private", "te"} & seen.keys()
    assert answer.headers["x-own"] == "kept"
    assert "keep-alive" not in answer.headers


def test_white_space_around_a_value_is_not_handed_on(gateway: httpx.Client) -> None:
    # By a socket: httpx would not send it.
    with socket.create_connection((gateway.base_url.host, gateway.base_url.port or 80)) as client:
        client.sendall(
            b"GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer \r\n\r\n"
        )
        answer = b"".join(iter(lambda: client.recv(65_536), b"")).decode()
    assert answer.startswith("HTTP/1.1 200 ")
    assert '"authorization":"Bearer"' in answer


def test_event_stream_arrives_before_it_ends_and_ends_upstream_when_the_client_leaves(
    gateway: httpx.Client, query: Upstream
) -> None:
    with gateway.stream("GET", "/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        chunks = stream.iter_raw()  # kept: once it is collected, httpx closes the connection
        assert next(chunks) == b"data: 1\n\n"
        assert not query.stream_ended.is_set()
    assert query.stream_ended.wait(5)


def test_body_arrives_upstream_before_the_client_has_sent_it_all(
    gateway: httpx.Client, ingest: Upstream
) -> None:
    ingest.first_chunk.clear()
    arrived = []

    def body() -> Iterator[bytes]:
        yield b"first "
        arrived.append(ingest.first_chunk.wait(5))
        yield b"second"

    answer = gateway.post("/api/progress", content=body())
    assert arrived == [True]
    assert answer.json()["body"] == "first second"


def test_head_has_no_body(gateway: httpx.Client) -> None:
    answer = gateway.head("/index.html")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


def test_upstream_that_does_not_answer_in_time_is_504(gateway: httpx.Client) -> None:
    answer = gateway.get("/slow")
    assert answer.status_code == 504
    assert answer.json()["title"] == "Gateway timeout"


def test_upstream_that_is_away_is_503_with_a_time_to_retry() -> None:
    nobody = f"http://127.0.0.1:{ports.choose()}"
    settings = GatewaySettings(gateway_ingest_url=nobody, gateway_query_url=nobody)
    with serving(create_app(settings)) as url:
        answer = httpx.post(f"{url}/api/progress", json={})

    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "1"
    problem = answer.json()
    assert problem["status"] == 503
    assert problem["title"] == "Service unavailable"
    assert "ingest" in problem["detail"]
    assert problem["type"]


def test_upstream_that_breaks_off_is_502() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1)

        thread = threading.Thread(target=hang_up)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = GatewaySettings(gateway_ingest_url=url, gateway_query_url=url)
        with serving(create_app(settings)) as gateway_url:
            answer = httpx.get(gateway_url)
        thread.join()

    assert answer.status_code == 502
    assert answer.headers["retry-after"] == "1"


def test_gateway_tells_its_own_health_and_measures(gateway: httpx.Client) -> None:
    gateway.get("/api/progress")
    assert gateway.get("/healthz").status_code == 200
    assert gateway.get("/readyz").status_code == 200
    assert 'playhead_gateway_requests_total{status="200",upstream="query"}' in gateway.get("/metrics").text


@pytest.mark.parametrize("away", ["ingest", "query"])
def test_gateway_is_ready_when_both_services_are(away: str) -> None:
    with serving(Upstream("there").app) as there:
        urls = dict.fromkeys(("ingest", "query"), there)
        urls[away] = f"http://127.0.0.1:{ports.choose()}"
        settings = GatewaySettings(gateway_ingest_url=urls["ingest"], gateway_query_url=urls["query"])
        with serving(create_app(settings)) as gateway_url:
            answer = httpx.get(f"{gateway_url}/readyz", timeout=30)

    assert (answer.status_code, answer.text) == (503, f"not ready: {away}\n")
