from __future__ import annotations

import asyncio
import signal
import sys

import pytest

from playhead.retry import Backoff
from playhead.workers import supervisor
from playhead.workers.supervisor import WorkersFailedError, WorkerSupervisor

pytestmark = pytest.mark.anyio

REPORTS = """
import os, time
from pathlib import Path
from playhead.workers.reports import COUNT, DIRECTORY, NUMBER, WorkerReports
reports = WorkerReports(Path(os.environ[DIRECTORY]), int(os.environ[COUNT]))
reports.write(int(os.environ[NUMBER]), None)
"""
SERVES = REPORTS + "time.sleep(60)"
IGNORES = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + SERVES


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "REPLACE", Backoff(0.01, 0.01))
    monkeypatch.setattr(supervisor, "STOP_MARGIN_SECONDS", 0.5)


def supervising(program: str, count: int = 2) -> WorkerSupervisor:
    return WorkerSupervisor("test", (sys.executable, "-c", program), count, {}, drain_seconds=0.0)


async def started(each: WorkerSupervisor) -> list[int]:
    """The ids of the workers, once all have reported."""
    async with asyncio.timeout(60):
        while True:
            found = [each.reports.read(number) for number in range(2)]
            if None not in found:
                return [report.pid for report in found if report is not None]
            await asyncio.sleep(0.02)


async def test_workers_that_never_serve_end_the_service() -> None:
    with pytest.raises(WorkersFailedError, match="5 workers in a row ended before they served"):
        await supervising("raise SystemExit(3)").run()


async def test_a_worker_that_ends_is_replaced() -> None:
    parent = supervising(SERVES)
    running = asyncio.create_task(parent.run())
    await asyncio.sleep(0)
    before = await started(parent)
    parent.signal(0, signal.SIGKILL)
    async with asyncio.timeout(60):
        while (await started(parent))[0] == before[0]:
            await asyncio.sleep(0.02)
    assert (await started(parent))[1] == before[1]
    parent.stop()
    await running


async def test_a_worker_that_does_not_stop_is_killed_and_that_is_a_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    parent = supervising(IGNORES)
    running = asyncio.create_task(parent.run())
    await asyncio.sleep(0)
    await started(parent)
    parent.stop()
    with pytest.raises(WorkersFailedError, match=r"did not end in order: \{0: -9, 1: -9\}"):
        await running
    assert "worker 1 did not end within 0 s: killed" in caplog.text
