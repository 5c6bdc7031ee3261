"""Ingest as a process, its broker killed and ingest itself stopped, under load: no 2xx without the record."""

from __future__ import annotations

import signal
import socket
import time
from collections import Counter
from pathlib import Path
from uuid import uuid4

import anyio
import httpx
import pytest

from operations.local import ports
from playhead.kafka.topics import ensure_topics
from playhead.settings import KafkaSettings
from tests.ingest.client import CONTENT, logged, token
from tests.ingest.process import IngestProcess, running_ingest
from tests.kafka_only import own_kafka

pytestmark = [pytest.mark.services, pytest.mark.anyio]


class Players:
    """Players that save without pause, and remember the answers."""

    def __init__(self, ingest: IngestProcess, count: int = 16) -> None:
        self._ingest = ingest
        self._count = count
        self._headers = {"Authorization": f"Bearer {token()}"}
        self.saved: set[str] = set()
        self.statuses: Counter[int] = Counter()
        self.slowest = 0.0
        self.unanswered = 0

    async def play(self, until: anyio.Event) -> None:
        limits = httpx.Limits(max_connections=self._count)
        async with (
            httpx.AsyncClient(base_url=self._ingest.url, limits=limits, timeout=30) as http,
            anyio.create_task_group() as group,
        ):
            for _ in range(self._count):
                group.start_soon(self._play_one, http, until)

    async def until_saved(self, more: int) -> None:
        """Wait until so many more heartbeats were saved."""
        wanted = len(self.saved) + more
        with anyio.fail_after(60):
            while len(self.saved) < wanted:
                await anyio.sleep(0.02)

    async def until_answered(self, status: int, more: int) -> None:
        """Wait until so many more were answered so."""
        wanted = self.statuses[status] + more
        with anyio.fail_after(60):
            while self.statuses[status] < wanted:
                await anyio.sleep(0.02)

    async def _play_one(self, http: httpx.AsyncClient, until: anyio.Event) -> None:
        while not until.is_set():
            heartbeat = str(uuid4())
            body = {"contentId": CONTENT, "heartbeatId": heartbeat}
            began = time.monotonic()
            try:
                answer = await http.post("/api/progress", json=body, headers=self._headers)
            except httpx.TransportError:
                self.unanswered += 1
                return
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.statuses[answer.status_code] += 1
            if answer.status_code == 202:
                self.saved.add(heartbeat)
            elif answer.status_code == 503:
                assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.faults
@pytest.mark.chaos
async def test_a_broker_killed_and_started_again_costs_503s_and_no_saved_heartbeat(stack_dir: Path) -> None:
    with own_kafka(stack_dir) as kafka:
        settings = KafkaSettings(kafka_servers=kafka.servers, kafka_partitions=4)
        ensure_topics(settings)
        with running_ingest(settings, ingest_ack_timeout_seconds="3") as ingest:
            players, over = Players(ingest), anyio.Event()
            async with anyio.create_task_group() as group:
                group.start_soon(players.play, over)
                await players.until_saved(200)
                kafka.kill()
                reason = await anyio.to_thread.run_sync(ingest.wait_ready, 503)
                assert "no broker answers" in reason
                # After the first, which wait for the timeout, the rest are refused at once.
                await players.until_answered(503, 100)
                await anyio.to_thread.run_sync(kafka.start)
                await anyio.to_thread.run_sync(ingest.wait_ready)
                await players.until_saved(200)
                over.set()
            assert set(players.statuses) == {202, 503}
            assert players.unanswered == 0
            assert players.slowest < 3 + 10  # a machine busy with a starting broker, and with other tests
            stored = {heartbeat.heartbeat_id for heartbeat in logged(ingest.settings)}
            assert players.saved <= stored


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_told_to_stop_it_finishes_what_it_began_and_exits_0(
    fresh_topics: KafkaSettings, number: signal.Signals, workers: str
) -> None:
    with running_ingest(fresh_topics, ingest_workers=workers) as ingest:
        players, over = Players(ingest), anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(players.play, over)
            await players.until_saved(200)
            ingest.process.send_signal(number)
            code = await anyio.to_thread.run_sync(ingest.process.wait, 20)
            over.set()
        assert code == 0
        assert set(players.statuses) == {202}
        stored = {heartbeat.heartbeat_id for heartbeat in logged(ingest.settings)}
        assert players.saved <= stored


async def test_a_save_that_is_half_sent_when_it_is_told_to_stop_is_still_saved(
    fresh_topics: KafkaSettings,
) -> None:
    body = b'{"contentId":"%s"}' % CONTENT.encode()
    head = (
        "POST /api/progress HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token()}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with running_ingest(fresh_topics) as ingest:
        port = httpx.URL(ingest.url).port or 0
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.sendall(head + body[:5])
            ingest.wait_ready()  # a later request was answered: the earlier one's head has been read
            ingest.process.send_signal(signal.SIGTERM)
            _await_closed(port)
            connection.sendall(body[5:])
            answer = connection.recv(4096)
        assert answer.startswith(b"HTTP/1.1 202")
        assert ingest.process.wait(20) == 0
        assert len(logged(ingest.settings)) == 1


async def test_a_taken_port_ends_it_with_a_message(fresh_topics: KafkaSettings) -> None:
    port = ports.choose()
    with socket.create_server(("127.0.0.1", port)):
        ingest = IngestProcess(fresh_topics, ingest_port=str(port))
        code = ingest.process.wait(60)
        log = ingest.log()
        ingest.close()
    assert code == 1
    assert f"cannot serve HTTP on 127.0.0.1:{port}: Address already in use" in log


def _await_closed(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.02)
    raise TimeoutError("it still accepts")
