"""The server as a process: it drains on a signal, and exits 0."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from operations.local import ports
from playhead.http.server import UNREAD_MILLISECONDS, ServerAddressError, listen

_PROGRAM = """
import asyncio, sys
import uvloop
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from playhead.http.server import Server, hang_up, listen

begun = asyncio.Event()
drained = asyncio.Event()

async def slow(request):
    begun.set()
    await drained.wait()
    return PlainTextResponse("done")

async def ready(request):
    return PlainTextResponse("begun" if begun.is_set() else "idle")

async def stuck(request):
    begun.set()
    await asyncio.Event().wait()

async def unread(scope, receive, send):
    begun.set()
    sending = asyncio.create_task(send_for_ever(send))
    await asyncio.wait({sending}, timeout=0.5)
    hang_up(scope)
    assert (await receive())["type"] == "http.request"
    assert (await receive())["type"] == "http.disconnect"
    sending.cancel()
    print("gone", flush=True)

async def send_for_ever(send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    while True:
        await send({"type": "http.response.body", "body": bytes(65_536), "more_body": True})

class Unread:
    async def __call__(self, scope, receive, send):
        await unread(scope, receive, send)

async def main():
    served = {"/slow": slow, "/stuck": stuck, "/ready": ready, "/unread": Unread()}
    app = Starlette(routes=[Route(path, endpoint) for path, endpoint in served.items()])
    server = Server(app, drain_seconds=float(sys.argv[2]), on_drain=drained.set)
    await server.serve_on(listen("127.0.0.1", int(sys.argv[1])))
    print("returned", flush=True)

uvloop.run(main())
"""


@pytest.fixture
def port() -> int:
    return ports.choose()


class Process:
    def __init__(self, port: int, drain_seconds: float) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(port), str(drain_seconds)], stdout=subprocess.PIPE, text=True
        )
        self.until("idle")

    def until(self, state: str) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/ready").text == state:
                    return
            except httpx.TransportError:
                assert self.process.poll() is None
            time.sleep(0.02)
        raise TimeoutError(state)

    def begin(self, path: str) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", int(self.url.rpartition(":")[2])))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        self.until("begun")
        return connection


@pytest.fixture
def process(port: int, request: pytest.FixtureRequest) -> Iterator[Process]:
    process = Process(port, request.param)
    yield process
    process.process.kill()
    process.process.communicate()


@pytest.mark.parametrize("process", [10.0], indirect=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_begun_is_finished_and_the_exit_is_clean(process: Process, number: signal.Signals) -> None:
    with process.begin("/slow") as connection:
        process.process.send_signal(number)
        connection.settimeout(10)
        answer = b""
        while chunk := connection.recv(4096):
            answer += chunk
        assert answer.startswith(b"HTTP/1.1 200")
        assert answer.endswith(b"done")
    out, _ = process.process.communicate(timeout=10)
    assert (process.process.returncode, out) == (0, "returned\n")


@pytest.mark.parametrize("process", [1.0], indirect=True)
def test_what_never_ends_is_cut_off_when_the_time_is_over(process: Process) -> None:
    with process.begin("/stuck"):
        process.process.send_signal(signal.SIGTERM)
        process.process.communicate(timeout=10)
    assert process.process.returncode == 0


@pytest.mark.parametrize("process", [10.0], indirect=True)
def test_an_application_may_hang_up_on_a_client_that_does_not_read(process: Process) -> None:
    with process.begin("/unread") as connection:
        assert process.process.stdout is not None
        assert process.process.stdout.readline() == "gone\n"
        connection.settimeout(10)
        while connection.recv(65_536):  # what was on its way, and then the end
            pass
    process.process.send_signal(signal.SIGTERM)
    process.process.communicate(timeout=5)  # it need not wait for the connection
    assert process.process.returncode == 0


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="of Linux")
def test_what_is_left_unread_for_long_breaks_the_connection_off(port: int) -> None:
    with listen("127.0.0.1", port) as listener, socket.create_connection(("127.0.0.1", port)):
        accepted, _ = listener.accept()
        with accepted:
            limit = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    assert limit == UNREAD_MILLISECONDS


def test_a_taken_port_is_told_of(port: int) -> None:
    with listen("127.0.0.1", port), pytest.raises(ServerAddressError, match=f"127.0.0.1:{port}.*in use"):
        listen("127.0.0.1", port)
