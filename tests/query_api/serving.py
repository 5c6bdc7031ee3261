"""The service as a process of its own, and a client of its live stream."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from operations.local import ports
from playhead.settings import QuerySettings

READY_SECONDS = 30.0
_RUN = "from playhead.settings import QuerySettings; from query_api.service import run; run(QuerySettings())"


@dataclass
class Service:
    """A running query API."""

    url: str
    settings: QuerySettings
    process: subprocess.Popen[bytes]
    log: Path

    def terminate(self, within_seconds: float) -> int:
        """Send SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(within_seconds)


@contextmanager
def serving(settings: QuerySettings, directory: Path) -> Iterator[Service]:
    """The service under these settings, ended with the context."""
    port = ports.choose()
    log = directory / "query.log"
    with log.open("wb") as output:
        argv = [sys.executable, "-c", _RUN]
        process = subprocess.Popen(argv, env=_environment(settings, port), stderr=output)
    service = Service(f"http://127.0.0.1:{port}", settings, process, log)
    try:
        until(lambda: _answers(service), READY_SECONDS, "the service answers")
        yield service
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Ask again until it holds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.02)  # there is nothing to wait on: the condition is another process's


async def soon(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """As `until`, letting the event loop work."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.02)  # the same


@dataclass(frozen=True)
class Event:
    """A server-sent event."""

    name: str
    id: str
    data: Any


class Stream:
    """The events of a live stream, one after another."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self, within_seconds: float = 10.0) -> Event | None:
        """The next event; None at the end of the stream."""
        async with asyncio.timeout(within_seconds):
            fields: dict[str, str] = {}
            async for line in self._lines:
                name, _, value = line.partition(": ")
                if line and name:
                    fields[name] = value
                elif "event" in fields:
                    return Event(fields["event"], fields["id"], json.loads(fields["data"]))
            return None

    async def expect(self, name: str, within_seconds: float = 10.0) -> Any:
        """The data of the next event, which has this name."""
        event = await self.next(within_seconds)
        assert event is not None, f"the stream ended, where {name} was expected"
        assert event.name == name, event
        return event.data


@asynccontextmanager
async def listening(
    service: Service, sent: dict[str, str], path: str = "/api/progress/live"
) -> AsyncIterator[Stream]:
    """A live stream."""
    async with (
        httpx.AsyncClient(base_url=service.url, timeout=30) as client,
        client.stream("GET", path, headers=sent) as response,
    ):
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Stream(response)


def _environment(settings: QuerySettings, port: int) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PLAYHEAD_")}
    given = settings.model_dump(mode="json", exclude_defaults=True) | {"query_port": port}
    return inherited | {f"PLAYHEAD_{name.upper()}": str(value) for name, value in given.items()}


def _answers(service: Service) -> bool:
    assert service.process.poll() is None, service.log.read_text()
    try:
        return httpx.get(f"{service.url}/healthz").status_code == 200
    except httpx.TransportError:
        return False
