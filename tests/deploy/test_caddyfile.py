"""The gateway of compose.yaml sends every request where the local gateway sends it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from operations.local.gateway.routing import upstream_for
from playhead.settings import IngestSettings, QuerySettings
from tests.deploy import caddyfile
from tests.deploy.compose import services
from tests.operations.local.gateway.servers import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.requests import Request
    from starlette.responses import Response

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
words = st.lists(st.sampled_from(["api", "progress", "batch", "completion", "Progress", "x"]), max_size=5)
paths = words.map(lambda parts: "/" + "/".join(parts)) | st.sampled_from(PATHS)


@given(method=st.sampled_from(METHODS), path=paths, asks_for=st.none() | st.sampled_from(METHODS))
def test_routes_by_the_local_gateway_s_rule(method: str, path: str, asks_for: str | None) -> None:
    saves = method in caddyfile.methods("@saves") and caddyfile.path("@saves").search(path) is not None
    asks = method in caddyfile.methods("@asks") and caddyfile.path("@asks").search(path) is not None
    ingest = saves or (asks and asks_for in caddyfile.asked_for())
    assert ("ingest" if ingest else "query") == upstream_for(method, path, asks_for)


def test_passes_on_to_the_services_where_they_listen() -> None:
    saving, reading = caddyfile.block("\thandle @saves"), caddyfile.block("\thandle")
    assert caddyfile.upstream_of(saving) == f"ingest:{IngestSettings.model_fields['ingest_port'].default}"
    assert caddyfile.upstream_of(caddyfile.block("\thandle @asks")) == caddyfile.upstream_of(saving)
    assert caddyfile.upstream_of(reading) == f"query:{QuerySettings.model_fields['query_port'].default}"
    for upstream in ("ingest", "query"):
        assert set(services()["gateway"]["networks"]) & set(services()[upstream]["networks"])


def test_holds_back_no_event_of_a_live_stream() -> None:
    assert "flush_interval -1" in caddyfile.block("\thandle")


def test_compose_mounts_it_and_asks_for_health_on_its_port() -> None:
    gateway = services()["gateway"]
    assert "./Caddyfile:/etc/caddy/Caddyfile:ro" in gateway["volumes"]
    port = gateway["environment"]["GATEWAY_ADDRESS"]
    assert all(published.endswith(port) for published in gateway["ports"])
    assert f"http://127.0.0.1{port}/readyz" in gateway["healthcheck"]["test"]


# What follows asks a real Caddy, where there is one on the PATH or in the environment.

CADDY = shutil.which("caddy") or shutil.which("caddy", path=str(Path(sys.executable).parent))
with_caddy = pytest.mark.skipif(
    CADDY is None, reason="no caddy here; the tests above read the file themselves"
)


def service(name: str, ready: int = 200) -> Starlette:
    async def answer(request: Request) -> Response:
        status = ready if request.url.path == "/readyz" else 200
        return PlainTextResponse(f"{name} {request.method} {request.url.path}", status)

    async def stream(_: Request) -> Response:
        return StreamingResponse(events(), media_type="text/event-stream")

    async def events() -> AsyncIterator[str]:
        yield "data: first\n\n"
        while True:  # until the client leaves: only an unbuffered first event ever arrives
            yield ""
            await _pause()

    async def script(_: Request) -> Response:
        return PlainTextResponse("x" * 10_000, media_type="text/javascript")

    files = [Route(path, script) for path in ("/assets/main.js", "/api/content.js")]
    routes = [Route("/api/progress/live", stream, methods=["GET"]), *files] if name == "query" else []
    return Starlette(routes=[*routes, Route("/{path:path}", answer, methods=METHODS)])


async def _pause() -> None:
    import anyio

    await anyio.sleep(0.05)


@contextmanager
def caddy(tmp_path: Path, upstreams: dict[str, str]) -> Iterator[str]:
    """Run the file as it is, but for the two services' addresses."""
    text = caddyfile.TEXT
    for name, address in upstreams.items():
        assert name in text
        text = text.replace(name, address.removeprefix("http://"))
    config = tmp_path / "Caddyfile"
    config.write_text(text, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {"GATEWAY_ADDRESS": f"http://127.0.0.1:{port}", "HOME": str(tmp_path)}
    command = [str(CADDY), "run", "--adapter", "caddyfile", "--config", str(config)]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stderr=log)
    try:
        _wait_until_ready(process, port, tmp_path / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            assert httpx.get(f"http://127.0.0.1:{port}/healthz").text == "ok"
        except httpx.TransportError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)  # the port can only be asked again
        else:
            return


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[str]:
    with serving(service("ingest")) as ingest, serving(service("query")) as query:
        upstreams = {"ingest:8081": ingest, "query:8084": query}
        with caddy(tmp_path, upstreams) as address:
            yield address


@with_caddy
def test_a_real_caddy_routes_so(gateway: str) -> None:
    with httpx.Client(base_url=gateway) as client:
        for method in METHODS:
            for path in set(PATHS) - {"/api/progress/live"}:
                answer = client.request(method, path)
                expected = f"{upstream_for(method, path)} {method} {path}"
                assert answer.text == ("" if method == "HEAD" else expected)


@with_caddy
def test_a_real_caddy_streams_events_as_they_come(gateway: str) -> None:
    with httpx.stream("GET", f"{gateway}/api/progress/live", timeout=10) as answer:
        assert next(answer.iter_text()) == "data: first\n\n"


@with_caddy
def test_a_real_caddy_compresses_what_pages_are_made_of_and_nothing_else(gateway: str) -> None:
    with httpx.Client(base_url=gateway, headers={"Accept-Encoding": "gzip"}) as client:
        asset, answer = client.get("/assets/main.js"), client.get("/api/content.js")
    assert asset.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in answer.headers
    assert asset.text == answer.text == "x" * 10_000


@with_caddy
def test_a_real_caddy_shows_no_metrics(gateway: str) -> None:
    assert httpx.get(f"{gateway}/metrics").status_code == 404
    assert httpx.get(f"{gateway}/healthz").text == "ok"


@with_caddy
def test_a_real_caddy_is_ready_when_both_services_are(tmp_path: Path, gateway: str) -> None:
    assert httpx.get(f"{gateway}/readyz").text == "ready"
    (tmp_path / "other").mkdir()
    with (
        serving(service("ingest")) as ingest,
        serving(service("query", ready=503)) as query,
        caddy(tmp_path / "other", {"ingest:8081": ingest, "query:8084": query}) as address,
    ):
        assert httpx.get(f"{address}/readyz").status_code == 503


@with_caddy
def test_a_real_caddy_says_when_to_come_again(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = f"127.0.0.1:{free.getsockname()[1]}"
    with caddy(tmp_path, {"ingest:8081": nobody, "query:8084": nobody}) as address:
        answer = httpx.post(f"{address}/api/progress", json={})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:playhead:problem:service-unavailable"
