"""Clients that send slowly, half, or too much are cut off, and others are served meanwhile."""

from __future__ import annotations

import json
import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from operations.local import ports
from playhead.http.protocol import LIMITS
from tests.ingest.client import token

_PROGRAM = """
import asyncio, sys
import uvloop
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from playhead.http.problems import install
from playhead.http.protocol import LimitedProtocol, ReceiveLimits
from playhead.http.server import Server, listen

LimitedProtocol.limits = ReceiveLimits(head_seconds=1.0, body_seconds=2.0)

async def whole(request):
    return PlainTextResponse(str(len(await request.body())))

async def early(request):
    return PlainTextResponse("early")

async def endless(request):
    async def events():
        yield b"begun"
        await asyncio.Event().wait()
    return StreamingResponse(events())

async def main():
    routes = [Route(f"/{each.__name__}", each, methods=["GET", "POST"]) for each in (whole, early, endless)]
    app = Starlette(routes=routes)
    install(app)
    server = Server(app, drain_seconds=1, on_drain=lambda: None)
    await server.serve_on(listen("127.0.0.1", int(sys.argv[1])))

uvloop.run(main())
"""
_SERVICE = "from playhead.settings import {settings}; from {package}.service import run; run({settings}())"
DISMISSAL = "/api/progress/5b0d7f6e-3c1a-4f0e-8a53-6f6d1b9d2c11/dismissal"
START_SECONDS = 180.0
"""A service's imports take some seconds on a quiet machine."""
SECONDS = 60.0
"""Ten times what a quiet machine needs for the shortest."""


@contextmanager
def process(argv: list[str], path: str, port: int, log: Path, **environment: str) -> Iterator[int]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PLAYHEAD_")}
    with log.open("wb") as output:
        server = subprocess.Popen(argv, env=inherited | environment, stderr=output)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not answers(port, path):
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)  # there is nothing to wait on: it is another process's port
        yield port
    finally:
        server.kill()
        server.wait()
    assert "Traceback" not in log.read_text(), log.read_text()


def answers(port: int, path: str) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}").status_code < 500
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    port, log = ports.choose(), tmp_path_factory.mktemp("slow") / "log"
    with process([sys.executable, "-c", _PROGRAM, str(port)], "/early", port, log):
        yield port


def connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.settimeout(SECONDS)
    return connection


def until_cut(connection: socket.socket, dribble: Callable[[], bytes] = bytes, every: float = 0.1) -> bytes:
    """Everything received until the server ends the connection, to which a little more is always sent."""
    answer = b""
    deadline = time.monotonic() + SECONDS
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            try:
                if selector.select(every):
                    chunk = connection.recv(65_536)
                    if not chunk:
                        return answer
                    answer += chunk
                elif more := dribble():
                    connection.sendall(more)
            except (ConnectionResetError, BrokenPipeError):
                return answer
    raise TimeoutError(f"still connected; received {answer!r}")


def problem(answer: bytes) -> tuple[int, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    return json.loads(body)["status"], json.loads(body)["type"].rpartition(":")[2]


def test_headers_that_come_slowly_are_cut_off_and_others_are_served(port: int) -> None:
    with ExitStack() as stack:
        attackers = [stack.enter_context(connect(port)) for _ in range(100)]
        for attacker in attackers:
            attacker.sendall(b"GET /early HTTP/1.1\r\nHost: x\r\n")
        assert httpx.get(f"http://127.0.0.1:{port}/early", timeout=SECONDS).text == "early"
        assert problem(until_cut(attackers[0], lambda: b"X-a: b\r\n")) == (408, "request-timeout")
        for attacker in attackers[1:]:
            assert problem(until_cut(attacker)) == (408, "request-timeout")


@pytest.mark.parametrize("sent", [b"", b"\r\n"], ids=["nothing", "empty lines"])
def test_a_connection_that_begins_no_request_is_closed(port: int, sent: bytes) -> None:
    with connect(port) as connection:
        assert until_cut(connection, lambda: sent) == b""
    with connect(port) as connection:  # after a request, too
        connection.sendall(b"GET /early HTTP/1.1\r\nHost: x\r\n\r\n\r\n")
        assert until_cut(connection, lambda: b"\r\n").endswith(b"early")


def test_a_body_that_comes_slowly_is_cut_off(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(b"POST /whole HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
        assert problem(until_cut(connection, lambda: b"x")) == (408, "request-timeout")


def test_the_rest_of_a_request_that_is_answered_is_not_awaited_for_ever(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(b"POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
        answer = until_cut(connection, lambda: b"x")
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.endswith(b"early")


def test_the_next_request_begun_during_a_stream_ends_it(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\nGET /early HT")
        answer = until_cut(connection)
        assert answer.count(b"HTTP/1.1") == 1
        assert b"begun" in answer


@pytest.mark.parametrize(
    "head",
    [
        b"GET /early HTTP/1.1\r\nHost: x\r\nX-Large: " + b"a" * LIMITS.head_bytes + b"\r\n\r\n",
        b"GET /early?" + b"a" * LIMITS.head_bytes + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /early HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * (LIMITS.head_bytes // 4),
        b"GET /early HTTP/1.1\r\nHost: x\r\nX-Endless: " + b"a" * LIMITS.head_bytes * 20,
        b"POST /whole HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Trailer: "
        + b"a" * LIMITS.head_bytes * 20,
    ],
    ids=["one header", "address", "many headers", "endless header", "endless trailer"],
)
def test_headers_that_are_too_large_are_refused(port: int, head: bytes) -> None:
    with connect(port) as connection:
        try:
            connection.sendall(head)
            answer = until_cut(connection)
        except ConnectionError:
            answer = b""  # it was cut off in the middle of sending, and the answer was lost
    if answer:
        assert problem(answer) == (431, "request-header-fields-too-large")
    assert httpx.get(f"http://127.0.0.1:{port}/early", timeout=SECONDS).text == "early"


def test_what_is_not_http_is_a_problem(port: int) -> None:
    with connect(port) as connection:
        connection.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        assert problem(until_cut(connection)) == (400, "bad-request")


def test_requests_on_one_connection_and_in_one_packet_are_served(port: int) -> None:
    one = b"POST /whole HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    with connect(port) as connection:
        for _ in range(3):
            connection.sendall(one + one)
        answer = b""
        while answer.count(b"\r\n\r\n3") < 6:
            chunk = connection.recv(65_536)
            assert chunk, answer
            answer += chunk


@pytest.mark.parametrize(
    ("package", "settings"), [("ingest", "IngestSettings"), ("query_api", "QuerySettings")]
)
def test_the_services_cut_off_slow_clients_and_serve_others(
    package: str, settings: str, tmp_path: Path
) -> None:
    """The real processes with their own limits; their stores are away."""
    number, closed = ports.choose(), ports.choose()
    argv = [sys.executable, "-c", _SERVICE.format(package=package, settings=settings)]
    name = "PLAYHEAD_INGEST_PORT" if package == "ingest" else "PLAYHEAD_QUERY_PORT"
    environment = {name: str(number), "PLAYHEAD_ENVIRONMENT": "development"}
    environment["PLAYHEAD_KAFKA_SERVERS"] = f"127.0.0.1:{closed}"
    environment["PLAYHEAD_REDIS_URL"] = f"redis://127.0.0.1:{closed}/0"
    with process(argv, "/healthz", number, tmp_path / "log", **environment), ExitStack() as stack:
        attackers = [stack.enter_context(connect(number)) for _ in range(200)]
        for attacker in attackers:
            attacker.sendall(b"POST /api/progress HTTP/1.1\r\nHost: x\r\n")
        body = stack.enter_context(connect(number))
        method, path = ("POST", "/api/progress") if package == "ingest" else ("PUT", DISMISSAL)
        body.sendall(
            f"{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token()}\r\n"
            "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n".encode()
        )
        began = time.monotonic()
        assert httpx.get(f"http://127.0.0.1:{number}/healthz", timeout=SECONDS).status_code == 200
        for attacker in attackers:
            assert problem(until_cut(attacker, every=1.0)) == (408, "request-timeout")
        assert problem(until_cut(body, lambda: b" ", every=1.0)) == (408, "body-too-slow")
        assert time.monotonic() - began < LIMITS.head_seconds + SECONDS
