"""The gateway, a real Caddy with deploy/Caddyfile, before two services that say what they were asked."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

import operations.local.gateway
from operations.local import ports
from tests.deploy import caddyfile
from tests.operations.local.gateway.servers import gateway_before, serving, written

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
PATHS = [
    "/",
    "/docs",
    "/API/progress",
    "/api",
    "/api/progress",
    "/api/progress/",
    "/api/progress/batch",
    "/api/progress/0b2f7c1e-3d44-4a55-9e66-1f2e3d4c5b6a/completion",
    "/api/progress/live",
    "/api/progressive",
    "/api/directory/people",
    "/api/content",
    "/x/api/progress",
]


class Upstream:
    """Says who it is and what it was asked; streams an event, and then nothing."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ready = True
        self.stream_ended = threading.Event()
        self.first_chunk = threading.Event()
        routes = [
            Route("/readyz", self.readiness),
            Route("/events", self.events),
            Route("/slow", self.slow),
            Route("/assets/main.js", self.script),
            Route("/api/content.js", self.script),
            Route("/{path:path}", self.echo, methods=METHODS),
        ]
        self.app = Starlette(routes=routes)

    async def readiness(self, _: Request) -> Response:
        return PlainTextResponse("ready" if self.ready else f"{self.name} waits", 200 if self.ready else 503)

    async def echo(self, request: Request) -> Response:
        chunks = []
        async for chunk in request.stream():
            chunks.append(chunk)
            self.first_chunk.set()
        seen = {
            "service": self.name,
            "method": request.method,
            "target": request.scope["raw_path"].decode() + "?" + request.scope["query_string"].decode(),
            "headers": dict(request.headers),
            "body": b"".join(chunks).decode(),
        }
        answer = JSONResponse(seen, headers={"X-Service": self.name, "Keep-Alive": "timeout=9"})
        answer.set_cookie("a", "1")
        answer.set_cookie("b", "2")
        return answer

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

    async def script(self, _: Request) -> Response:
        return PlainTextResponse("x" * 10_000, media_type="text/javascript")


@pytest.fixture(scope="module")
def query() -> Upstream:
    return Upstream("query")


@pytest.fixture(scope="module")
def ingest() -> Upstream:
    return Upstream("ingest")


@pytest.fixture(scope="module")
def gateway(
    ingest: Upstream, query: Upstream, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    with (
        serving(ingest.app) as ingest_port,
        serving(query.app) as query_port,
        gateway_before(tmp_path_factory.mktemp("data"), ingest=ingest_port, query=query_port) as client,
    ):
        yield client


def test_save_goes_to_ingest_and_lookup_to_query(gateway: httpx.Client) -> None:
    saved = gateway.post("/api/progress", json={"contentId": "x"})
    looked_up = gateway.get("/api/progress")

    assert saved.json()["service"] == "ingest"
    assert saved.json()["body"] == '{"contentId":"x"}'
    assert looked_up.json()["service"] == "query"


@pytest.mark.parametrize("asks_for", [None, "POST", "DELETE", "GET", "PUT"])
@pytest.mark.parametrize("method", METHODS)
def test_every_request_goes_where_the_caddyfile_says(
    gateway: httpx.Client, method: str, asks_for: str | None
) -> None:
    headers = {"Access-Control-Request-Method": asks_for} if asks_for else {}
    for path in PATHS:
        answer = gateway.request(method, path, headers=headers)
        assert answer.headers["X-Service"] == caddyfile.upstream_for(method, path, asks_for)


def test_target_is_passed_on_byte_for_byte(gateway: httpx.Client) -> None:
    answer = gateway.get("/pages/a%2Fb%20c?q=%C3%A9&q=&r=a+b")
    assert answer.json()["target"] == "/pages/a%2Fb%20c?q=%C3%A9&q=&r=a+b"


def test_end_to_end_headers_pass_and_hop_by_hop_ones_do_not(gateway: httpx.Client) -> None:
    sent = {"Authorization": "Bearer t", "Connection": "X-Private", "X-Private": "1", "X-Public": "2"}
    answer = gateway.get("/api/progress", headers=sent)
    seen = answer.json()["headers"]

    assert seen["authorization"] == "Bearer t"
    assert seen["x-public"] == "2"
    assert "x-private" not in seen
    assert answer.headers["x-service"] == "query"
    assert "keep-alive" not in answer.headers
    assert [each.partition(";")[0] for each in answer.headers.get_list("set-cookie")] == ["a=1", "b=2"]


def test_a_service_learns_the_client_s_address_and_not_what_the_client_claims(gateway: httpx.Client) -> None:
    claimed = {"X-Forwarded-For": "10.0.0.9", "X-Forwarded-Proto": "https", "TE": "trailers"}
    seen = gateway.get("/api/progress", headers=claimed).json()["headers"]
    assert seen["x-forwarded-for"] == "127.0.0.1"
    assert seen["x-forwarded-proto"] == "http"
    assert seen.get("te") in {None, "trailers"}  # the proxy's own, as RFC 9110 has it


def test_white_space_around_a_value_is_not_passed_on(gateway: httpx.Client) -> None:
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


def test_the_pages_assets_are_compressed_and_nothing_else_is(gateway: httpx.Client) -> None:
    asset, answer = (
        gateway.get(path, headers={"Accept-Encoding": "gzip"})
        for path in ("/assets/main.js", "/api/content.js")
    )
    assert asset.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in answer.headers
    assert asset.text == answer.text == "x" * 10_000


def test_it_has_health_and_metrics_of_its_own(gateway: httpx.Client) -> None:
    gateway.get("/api/progress")
    assert gateway.get("/healthz").text == "ok"
    assert gateway.get("/readyz").text == "ready"
    assert 'caddy_http_requests_total{handler="reverse_proxy"' in gateway.get("/metrics").text


def test_in_a_deployment_it_shows_no_metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = caddyfile.TEXT.replace("{$GATEWAY_METRICS:", "{$UNSET:")
    monkeypatch.setattr(operations.local.gateway, "caddyfile", lambda: written(text, tmp_path))
    with gateway_before(tmp_path / "data", ingest=ports.choose(), query=ports.choose()) as deployed:
        assert deployed.get("/metrics").status_code == 404
        assert deployed.get("/healthz").text == "ok"


def test_it_is_ready_when_both_services_are(gateway: httpx.Client, ingest: Upstream, query: Upstream) -> None:
    for service in (ingest, query):
        service.ready = False
        answer = gateway.get("/readyz")
        assert (answer.status_code, answer.text) == (503, f"{service.name} waits")
        service.ready = True
    assert gateway.get("/readyz").status_code == 200


@pytest.mark.parametrize("away", ["ingest", "query"])
def test_it_is_not_ready_while_a_service_is_away(away: str, tmp_path: Path) -> None:
    with serving(Upstream("there").app) as there:
        upstreams = {"ingest": there, "query": there} | {away: ports.choose()}
        with gateway_before(tmp_path, **upstreams) as gateway:
            answer = gateway.get("/readyz")
    assert (answer.status_code, answer.text) == (503, f"not ready: {away}")


def assert_unavailable(answer: httpx.Response, service: str) -> None:
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["x-content-type-options"] == "nosniff"
    problem = answer.json()
    assert problem["type"] == "urn:playhead:problem:service-unavailable"
    assert problem["title"] == "Service unavailable"
    assert problem["status"] == 503
    assert service in problem["detail"]


def test_a_service_that_is_away_is_a_problem_with_a_time_to_retry(tmp_path: Path) -> None:
    with gateway_before(tmp_path, ingest=ports.choose(), query=ports.choose()) as gateway:
        assert_unavailable(gateway.post("/api/progress", json={}), "ingest")
        assert_unavailable(gateway.get("/api/progress"), "query")


def test_a_service_that_does_not_answer_in_time_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = caddyfile.TEXT.replace("response_header_timeout 60s", "response_header_timeout 500ms")
    assert text != caddyfile.TEXT
    monkeypatch.setattr(operations.local.gateway, "caddyfile", lambda: written(text, tmp_path))
    with (
        serving(Upstream("query").app) as port,
        gateway_before(tmp_path / "data", ingest=port, query=port) as gateway,
    ):
        assert_unavailable(gateway.get("/slow"), "query")


def test_a_service_that_breaks_off_is_unavailable(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(1)

        thread = threading.Thread(target=hang_up)
        thread.start()
        port = listener.getsockname()[1]
        with gateway_before(tmp_path, ingest=port, query=port) as gateway:
            assert_unavailable(gateway.post("/api/progress", json={}), "ingest")
        thread.join()
