"""What each worker of a service reports to the others: whether it is ready, and its metrics.

A directory that the parent makes holds one report for each worker, and the files of Prometheus' multiprocess
mode. Any worker may be asked for readiness or metrics, since the system chooses the one that accepts a
connection: it answers for all of them.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Self

import msgspec

DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
"""The directory. prometheus_client reads the variable when it is imported, so the parent sets it."""
NUMBER = "PLAYHEAD_WORKER"
COUNT = "PLAYHEAD_WORKER_COUNT"

REPORT_SECONDS = 0.5
"""Between two reports."""
STALE_SECONDS = 10.0
"""A worker that has not reported for this long hangs. Longer than a busy machine lets it wait."""

_log = logging.getLogger(__name__)


class WorkerReport(msgspec.Struct, frozen=True):
    """A worker's readiness, at a time of the machine's monotonic clock."""

    pid: int
    at: float
    unready: str | None


class WorkerReports:
    """The reports of all workers of a service.

    Args:
        directory: Where they are.
        count: The number of workers.
    """

    def __init__(self, directory: Path, count: int) -> None:
        self.directory = directory
        self.count = count

    def write(self, number: int, unready: str | None) -> None:
        """Report for a worker, in its process."""
        raw = msgspec.json.encode(WorkerReport(os.getpid(), time.monotonic(), unready))
        new = self._file(number).with_suffix(".new")
        new.write_bytes(raw)
        new.replace(self._file(number))

    def read(self, number: int) -> WorkerReport | None:
        """The last report of a worker, None if there is none."""
        try:
            return msgspec.json.decode(self._file(number).read_bytes(), type=WorkerReport)
        except FileNotFoundError:
            return None

    def remove(self, number: int) -> None:
        """Remove the report of a worker that ended."""
        self._file(number).unlink(missing_ok=True)

    def unready_reason(self) -> str | None:
        """Why a worker is not ready; None if all are."""
        now = time.monotonic()
        for number in range(self.count):
            found = self.read(number)
            if found is None:
                return f"worker {number} is starting"
            if now - found.at > STALE_SECONDS:
                return f"worker {number} (process {found.pid}) has not reported for {now - found.at:.0f} s"
            if found.unready is not None:
                return f"worker {number}: {found.unready}"
        return None

    def _file(self, number: int) -> Path:
        return self.directory / f"worker-{number}.json"


class WorkerMembership:
    """A worker's view of the service that it belongs to."""

    def __init__(self, number: int, reports: WorkerReports) -> None:
        self.number = number
        self._reports = reports

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self | None:
        """As the parent has set it; None in a process without a parent."""
        if NUMBER not in environment:
            return None
        reports = WorkerReports(Path(environment[DIRECTORY]), int(environment[COUNT]))
        return cls(int(environment[NUMBER]), reports)

    def unready_reason(self, own: str | None) -> str | None:
        """Why a worker is not ready, this one first; None if all are."""
        return own or self._reports.unready_reason()

    def on_end_of_parent(self, stop: Callable[[], None]) -> None:
        """Call `stop` once the parent is gone; requires a running event loop.

        The input of a worker is a pipe that the parent holds open.
        """
        loop, end = asyncio.get_running_loop(), sys.stdin.fileno()

        def ended() -> None:
            loop.remove_reader(end)
            _log.error("the parent of worker %d is gone: stopping", self.number)
            stop()

        loop.add_reader(end, ended)

    async def report(self, unready_reason: Callable[[], str | None]) -> None:
        """Report this worker's readiness until cancelled."""
        while True:
            self._reports.write(self.number, unready_reason())
            await asyncio.sleep(REPORT_SECONDS)
