"""A small HTTP/1.1 load generator: kept-alive raw sockets, so that it is not what is measured.

It knows just enough of HTTP for servers that answer with Content-Length. Closed loop (every connection sends
as soon as it was answered) measures throughput; open loop (requests due at a fixed rate, whatever the
server does) measures latency from when a request was *due*, so that a stall is not left out.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import cycle

import uvloop

TICK_SECONDS = 0.001
DEADLINE_SECONDS = 30.0
"""For the answers still awaited when the time is over."""


@dataclass(slots=True)
class Outcome:
    """What came of a load."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    """In seconds."""

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.statuses.total() / self.seconds

    def latency_ms(self, quantile: float) -> float:
        """A quantile of the latency, in ms."""
        ordered = sorted(self.latencies)
        return ordered[min(int(len(ordered) * quantile), len(ordered) - 1)] * 1000


def closed_loop(
    address: tuple[str, int], requests: list[bytes], *, connections: int, seconds: float
) -> Outcome:
    """Send as fast as the server answers."""
    return uvloop.run(_closed(address, requests, connections, seconds))


def open_loop(address: tuple[str, int], requests: list[bytes], *, rate: float, seconds: float) -> Outcome:
    """Send `rate` requests a second."""
    return uvloop.run(_open(address, requests, rate, seconds))


class _Connection(asyncio.Protocol):
    """One kept-alive connection; `on_answer` is called with each answer's status."""

    def __init__(self, on_answer: Callable[[_Connection, int], None]) -> None:
        self._on_answer = on_answer
        self._buffer = b""
        self.due = 0.0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment] # of a stream socket

    def send(self, request: bytes, due: float) -> None:
        self.due = due
        self._transport.write(request)

    def close(self) -> None:
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        length = self._buffer.find(b"content-length: ", 0, head)
        end = head + 4 + int(self._buffer[length + 16 : self._buffer.find(b"\r\n", length)])
        if len(self._buffer) >= end:
            status = int(self._buffer[9:12])
            self._buffer = self._buffer[end:]
            self._on_answer(self, status)


async def _connect(
    address: tuple[str, int], connections: int, on_answer: Callable[[_Connection, int], None]
) -> list[_Connection]:
    loop = asyncio.get_running_loop()
    return [
        (await loop.create_connection(lambda: _Connection(on_answer), *address))[1]
        for _ in range(connections)
    ]


async def _closed(
    address: tuple[str, int], requests: list[bytes], connections: int, seconds: float
) -> Outcome:
    outcome, upcoming, over = Outcome(), cycle(requests), asyncio.Event()
    busy = connections
    until = 0.0

    def answered(connection: _Connection, status: int) -> None:
        nonlocal busy
        now = time.perf_counter()
        outcome.statuses[status] += 1
        outcome.latencies.append(now - connection.due)
        if now < until:
            connection.send(next(upcoming), now)
        else:
            busy -= 1
            if not busy:
                over.set()

    pool = await _connect(address, connections, answered)
    began = time.perf_counter()
    until = began + seconds
    for connection in pool:
        connection.send(next(upcoming), began)
    await asyncio.wait_for(over.wait(), seconds + DEADLINE_SECONDS)
    outcome.seconds = time.perf_counter() - began
    for connection in pool:
        connection.close()
    return outcome


async def _open(address: tuple[str, int], requests: list[bytes], rate: float, seconds: float) -> Outcome:
    outcome, upcoming = Outcome(), cycle(requests)
    idle: deque[_Connection] = deque()
    waiting: deque[float] = deque()
    total, all_answered = int(rate * seconds), asyncio.Event()

    def answered(connection: _Connection, status: int) -> None:
        outcome.statuses[status] += 1
        outcome.latencies.append(time.perf_counter() - connection.due)
        if outcome.statuses.total() == total:
            all_answered.set()
        if waiting:
            connection.send(next(upcoming), waiting.popleft())
        else:
            idle.append(connection)

    pool = await _connect(address, max(64, int(rate * 0.1)), answered)
    idle.extend(pool)
    began = time.perf_counter()
    for due in (began + number / rate for number in range(total)):
        while (ahead := due - time.perf_counter()) > 0:  # noqa: ASYNC110 - waits for a time, not an event
            await asyncio.sleep(max(ahead, TICK_SECONDS))
        if idle:
            idle.popleft().send(next(upcoming), due)
        else:
            waiting.append(due)
    await asyncio.wait_for(all_answered.wait(), DEADLINE_SECONDS)
    outcome.seconds = time.perf_counter() - began
    for connection in pool:
        connection.close()
    return outcome
