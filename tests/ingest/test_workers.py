"""Several workers of ingest on one port: real processes, one of them and their parent killed, under load."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import anyio
import httpx
import psutil
import pytest

from operations.local import ports
from playhead.settings import KafkaSettings
from tests.ingest.client import logged
from tests.ingest.process import IngestProcess, running_ingest
from tests.ingest.test_faults import Players

pytestmark = [pytest.mark.services, pytest.mark.anyio]


def workers_of(ingest: IngestProcess) -> set[int]:
    return {each.pid for each in psutil.Process(ingest.process.pid).children()}


def serves(ingest: IngestProcess, pid: int) -> bool:
    """Whether a worker has connections of players."""
    port = httpx.URL(ingest.url).port
    found = psutil.Process(pid).net_connections("tcp")
    return any(each.status == psutil.CONN_ESTABLISHED and each.laddr.port == port for each in found)


async def until(look: Callable[[], object], seconds: float = 60.0) -> None:
    with anyio.fail_after(seconds):
        while not await anyio.to_thread.run_sync(look):
            await anyio.sleep(0.05)


async def metrics_of(ingest: IngestProcess) -> str:
    return (await anyio.to_thread.run_sync(httpx.get, f"{ingest.url}/metrics")).text


async def test_two_workers_share_the_port_and_answer_for_both(fresh_topics: KafkaSettings) -> None:
    with running_ingest(fresh_topics, ingest_workers="2") as ingest:
        workers = workers_of(ingest)
        assert len(workers) == 2
        players, over = Players(ingest, 32), anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(players.play, over)
            await players.until_saved(200)
            assert all(serves(ingest, pid) for pid in workers)
            over.set()
        with anyio.fail_after(60):  # each worker says twice a second what it has in flight
            while "playhead_ingest_in_flight 0.0" not in (metrics := await metrics_of(ingest)):
                await anyio.sleep(0.1)
        assert f"playhead_ingest_accepted_total {len(players.saved)}.0" in metrics
        assert f"playhead_ingest_save_seconds_count {len(players.saved)}.0" in metrics


async def test_a_worker_that_is_killed_under_load_is_replaced_and_loses_nothing_saved(
    fresh_topics: KafkaSettings,
) -> None:
    with running_ingest(fresh_topics, ingest_workers="2") as ingest:
        killed, kept = workers_of(ingest)
        players, over = Players(ingest, 32), anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(players.play, over)
            await players.until_saved(200)
            psutil.Process(killed).kill()
            await players.until_saved(200)
            reason = await anyio.to_thread.run_sync(ingest.wait_ready, 503)
            assert reason.startswith("worker ")
            assert reason.endswith(" is starting\n")
            await anyio.to_thread.run_sync(ingest.wait_ready)
            over.set()
        assert set(players.statuses) == {202}
        after = workers_of(ingest)
        assert kept in after
        assert killed not in after
        assert len(after) == 2
        assert "was ended by SIGKILL; another starts in 0.1 s" in ingest.log()
        assert players.saved <= {each.heartbeat_id for each in logged(ingest.settings)}
        others = Players(ingest, 32)
        over = anyio.Event()
        async with anyio.create_task_group() as group:
            group.start_soon(others.play, over)
            await others.until_saved(100)
            assert all(serves(ingest, pid) for pid in after)
            over.set()


async def test_workers_end_with_their_parent(fresh_topics: KafkaSettings) -> None:
    with running_ingest(fresh_topics, ingest_workers="2") as ingest:
        workers = [psutil.Process(pid) for pid in workers_of(ingest)]
        ingest.process.kill()
        await until(lambda: not any(each.is_running() for each in workers))


async def test_a_taken_port_ends_the_parent_with_a_message(fresh_topics: KafkaSettings) -> None:
    port = ports.choose()
    with socket.create_server(("127.0.0.1", port), reuse_port=True):
        ingest = IngestProcess(fresh_topics, ingest_port=str(port), ingest_workers="2")
        began = time.monotonic()
        code = await anyio.to_thread.run_sync(ingest.process.wait, 60)
        log = ingest.log()
        ingest.close()
    assert code == 1
    assert time.monotonic() - began < 60
    assert f"cannot serve HTTP on 127.0.0.1:{port}: Address already in use" in log
