"""Real servers on real sockets, and a real gateway before them."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import httpx
import uvicorn

from operations.local import ports
from operations.local.data_dir import DataDir
from operations.local.gateway import gateway
from operations.local.process import tail

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.types import ASGIApp

STARTS_SECONDS = 30


@contextmanager
def serving(app: ASGIApp) -> Iterator[int]:
    """Serve on a free port and yield it; the socket listens before the server runs, so no wait."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, proxy_headers=False, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@contextmanager
def gateway_before(directory: Path, *, ingest: int, query: int) -> Iterator[httpx.Client]:
    """Run the local stack's gateway before services on these ports."""
    with DataDir(directory) as data:
        unit = gateway(data, ports.choose(), ingest_port=ingest, query_port=query)
        unit.launch()
        try:
            with httpx.Client(base_url=str(unit.url), timeout=30) as client:
                deadline = time.monotonic() + STARTS_SECONDS
                while not answers(client):
                    assert unit.child.pid is not None, tail(unit.log)
                    assert time.monotonic() < deadline, tail(unit.log)
                    time.sleep(0.05)  # the port can only be asked again
                yield client
        finally:
            unit.child.stop()


def answers(client: httpx.Client) -> bool:
    try:
        return client.get("/healthz").text == "ok"
    except httpx.TransportError:
        return False


def written(text: str, directory: Path) -> Path:
    (directory / "Caddyfile").write_text(text, "utf-8")
    return directory / "Caddyfile"
