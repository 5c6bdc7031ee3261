"""The parent of a service's workers: starts them, replaces those that end, and stops them.

It serves nothing and holds no connection, so there is little that could end it. Workers are programs of their
own, not forks: the metrics library chooses its mode when it is imported.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import multiprocess

from playhead.retry import Backoff
from playhead.signals import stopped_by_signals
from playhead.workers.reports import COUNT, DIRECTORY, NUMBER, WorkerReports

REPLACE = Backoff(first_seconds=0.1, longest_seconds=10.0)
STEADY_SECONDS = 30.0
"""A worker that ran for this long did not fail at its start: the next one is started without a long pause."""
MOST_FAILED_STARTS = 5
"""In a row, of workers that never reported. The service then ends, so that whatever runs it notices."""
STOP_MARGIN_SECONDS = 3.0
"""For a worker to end after its requests are drained: last acknowledgements, connections."""

_log = logging.getLogger(__name__)


class WorkersFailedError(Exception):
    """The service ends because its workers do not start, or did not end in order."""


@dataclass(slots=True)
class _Slot:
    """One worker after another under the same number."""

    number: int
    process: asyncio.subprocess.Process | None = None
    failures: int = 0
    """Workers in a row that ended soon."""
    failed_starts: int = 0
    """Workers in a row that ended before their first report."""


class WorkerSupervisor:
    """Runs the workers of a service until SIGTERM or SIGINT.

    Args:
        service: For the log.
        argv: The program of a worker.
        count: The number of workers.
        environment: What a worker's environment has beyond this process's.
        drain_seconds: How long a worker completes its requests.
    """

    def __init__(
        self,
        service: str,
        argv: tuple[str, ...],
        count: int,
        environment: Mapping[str, str],
        *,
        drain_seconds: float,
    ) -> None:
        self._service = service
        self._argv = argv
        self._environment = environment
        self._stop_seconds = drain_seconds + STOP_MARGIN_SECONDS
        self._slots = [_Slot(number) for number in range(count)]

    async def run(self) -> None:
        """Run until stopped, then until every worker has ended.

        Raises:
            WorkersFailedError: workers do not start, or one failed or had to be killed while stopping.
        """
        self._stopping = asyncio.Event()
        with (
            tempfile.TemporaryDirectory(prefix=f"playhead-{self._service}-") as name,
            stopped_by_signals(self.stop),
        ):
            self.reports = WorkerReports(Path(name), len(self._slots))
            # A worker's input ends with this process, whatever ends it; the worker then stops.
            self._lifeline, ours = os.pipe()
            try:
                codes = await self._run_all()
            finally:
                os.close(self._lifeline)
                os.close(ours)
        failed = {number: code for number, code in codes.items() if code}
        if failed:
            raise WorkersFailedError(f"{self._service}: workers did not end in order: {failed}")

    async def _run_all(self) -> dict[int, int]:
        killing: asyncio.Task[None] | None = None
        tasks = [asyncio.create_task(self._keep(slot)) for slot in self._slots]
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({stopping, *tasks}, return_when=asyncio.FIRST_COMPLETED)
            if not self._stopping.is_set():
                self.stop()
            killing = asyncio.create_task(self._kill_late())
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            stopping.cancel()
            if killing is not None:
                killing.cancel()
        codes: dict[int, int] = {}
        for slot, each in zip(self._slots, ended, strict=True):
            if isinstance(each, BaseException):
                raise each
            codes[slot.number] = each
        return codes

    async def _keep(self, slot: _Slot) -> int:
        """Keep a worker running; the exit code of the one that ran when the service was stopped."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            code = await self._run_one(slot)
            if self._stopping.is_set():
                return 0 if code == -signal.SIGTERM else code  # it was still starting
            self._judge(slot, loop.time() - began)
            pause = REPLACE.after(slot.failures)
            _log.error("worker %d %s; another starts in %.1f s", slot.number, _ending(code), pause)
            try:
                async with asyncio.timeout(pause):
                    await self._stopping.wait()
                    return 0
            except TimeoutError:
                pass

    async def _run_one(self, slot: _Slot) -> int:
        slot.process = process = await asyncio.create_subprocess_exec(
            *self._argv,
            env={**os.environ, **self._environment, **self._membership(slot.number)},
            stdin=self._lifeline,
            start_new_session=True,  # a terminal's Ctrl-C reaches the parent alone, which stops each once
        )
        _log.info("worker %d is process %d", slot.number, process.pid)
        if self._stopping.is_set():
            self.signal(slot.number, signal.SIGTERM)
        code = await process.wait()
        slot.process = None
        multiprocess.mark_process_dead(process.pid, str(self.reports.directory))  # type: ignore[no-untyped-call]
        return code

    def _membership(self, number: int) -> dict[str, str]:
        directory = str(self.reports.directory)
        return {DIRECTORY: directory, NUMBER: str(number), COUNT: str(len(self._slots))}

    def _judge(self, slot: _Slot, ran_seconds: float) -> None:
        has_started = self.reports.read(slot.number) is not None
        self.reports.remove(slot.number)
        slot.failed_starts = 0 if has_started else slot.failed_starts + 1
        slot.failures = 1 if ran_seconds >= STEADY_SECONDS else slot.failures + 1
        if slot.failed_starts >= MOST_FAILED_STARTS:
            raise WorkersFailedError(
                f"{self._service}: {slot.failed_starts} workers in a row ended before they served; "
                "the log above has the reason"
            )

    def stop(self) -> None:
        """Stop all workers; the second time, they stop waiting for their requests."""
        self._stopping.set()
        for slot in self._slots:
            self.signal(slot.number, signal.SIGTERM)

    def signal(self, number: int, what: signal.Signals) -> None:
        """Send a signal to a worker, if it runs."""
        process = self._slots[number].process
        if process is not None:
            try:
                process.send_signal(what)
            except ProcessLookupError:
                _log.debug("process %d has ended already", process.pid)

    async def _kill_late(self) -> None:
        await asyncio.sleep(self._stop_seconds)
        for slot in self._slots:
            if slot.process is not None:
                _log.error("worker %d did not end within %.0f s: killed", slot.number, self._stop_seconds)
                self.signal(slot.number, signal.SIGKILL)


def this_module(module: str) -> tuple[str, ...]:
    """The program that runs a module by this interpreter."""
    # -P: a folder of the working directory is never imported as a package
    return (sys.executable, "-P", "-m", module)


def exit_code_of(run: Callable[[], None]) -> int:
    """Run one of several workers; the exit code of its process."""
    try:
        run()
    except Exception:  # noqa: BLE001 - the outermost frame of a worker, as in `operations.cli.failures`
        _log.critical("the worker ends: an unexpected failure", exc_info=True)
        return 1
    return 0


def _ending(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
