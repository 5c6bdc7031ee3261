"""The whole of Playhead as `playhead up` runs it, with handles to kill and to pause any part of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, TypeVar

import psutil

from operations.local.running_stack import StackFile, settings_from
from operations.status.partition_status import PartitionStatus, faults, is_behind
from operations.status.partitions import StatusSettings, read_partitions
from operations.stores import StoreUnavailableError
from playhead.settings import AuditSettings
from tests.services import reachable_directory

Part = Literal[
    "kafka", "kafka-2", "kafka-3", "postgres", "redis", "ingest", "processor", "sink", "query", "gateway"
]
READY_S = 150
HEALED_S = 90
PARTITIONS = 4

T = TypeVar("T")


def until(ask: Callable[[], T | None], seconds: float, what: str) -> T:
    """Ask until there is an answer, neither None nor False; the pause keeps the load low."""
    deadline = time.monotonic() + seconds
    while (answer := ask()) is None or answer is False:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.1)
    return answer


@contextmanager
def running_pipeline(*options: str, environment: Mapping[str, str] | None = None) -> Iterator[Pipeline]:
    """All of Playhead, in a directory of its own, until the block ends."""
    with reachable_directory() as directory:
        running = Pipeline(directory, *options, environment=environment)
        try:
            yield running
        finally:
            running.stop()


class Pipeline:
    """A running `playhead up`."""

    def __init__(self, directory: Path, *options: str, environment: Mapping[str, str] | None = None) -> None:
        self.redis_was_emptied = False
        """Set by the test that does so: see `invariants`."""
        self._directory = directory
        self._options = options
        self._environment = os.environ | (environment or {})
        self._log = directory / "up.log"
        self.start()
        self.settings = settings_from(StatusSettings, self._told().environment, {})
        self.audit_settings = settings_from(AuditSettings, self._told().environment, {})
        self.settings = self.settings.model_copy(update={"kafka_partitions": PARTITIONS})

    def start(self) -> None:
        """Run `playhead up` until every service is ready."""
        with self._log.open("wb") as log:
            command = (
                sys.executable,
                "-m",
                "operations",
                "up",
                "--port",
                "0",
                "--data-dir",
                str(self._directory),
                *self._options,
            )
            self._process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, env=self._environment
            )
        until(self._is_ready, READY_S, "playhead up")

    @property
    def directory(self) -> Path:
        """Where its data is, and its addresses for commands."""
        return self._directory

    @property
    def said(self) -> str:
        """What it printed so far."""
        return self._log.read_text()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._told().ports['gateway']}"

    def pid(self, part: Part) -> int:
        return self._told().pids[part]

    def kill(self, part: Part) -> None:
        """As the kernel's out-of-memory killer would; returns once its successor runs."""
        before = self.pid(part)
        os.kill(before, signal.SIGKILL)
        until(lambda: self.successor(part, before), READY_S, f"a new {part}")

    @contextmanager
    def paused(self, part: Part, seconds: float) -> Iterator[None]:
        """It hangs for so long: connections stay, without answers."""
        over = time.monotonic() + seconds
        processes = [psutil.Process(self.pid(part))]
        processes += processes[0].children(recursive=True)
        try:
            for process in processes:
                process.suspend()
            yield
            until(lambda: True if time.monotonic() >= over else None, seconds, "the end of the pause")
        finally:
            for process in processes:
                with suppress(psutil.NoSuchProcess):  # a child of Postgres may have ended with its client
                    process.resume()

    @contextmanager
    def down(self, *parts: Part) -> Iterator[None]:
        """They are killed and stay away meanwhile, as what would start them again is held."""
        before = {part: self.pid(part) for part in parts}
        supervisor = psutil.Process(self._process.pid)
        supervisor.suspend()
        try:
            for pid in before.values():
                os.kill(pid, signal.SIGKILL)
            yield
        finally:
            supervisor.resume()
        for part, pid in before.items():
            until(lambda part=part, pid=pid: self.successor(part, pid), READY_S, f"a new {part}")

    def command(self, *arguments: str) -> str:
        """What a `playhead` command prints, run beside the pipeline as a person would; it must succeed."""
        command = (sys.executable, "-m", "operations", *arguments, "--data-dir", str(self._directory))
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def healed(self, seconds: float = HEALED_S) -> list[PartitionStatus]:
        """Wait until everything is applied and stored (I8), and every ledger balances then (I9)."""
        found = until(self._through, seconds, "everything to be applied and stored")
        assert faults(found) == []
        return found

    def stop(self) -> None:
        """Ctrl-C, which is to leave no process behind."""
        family = psutil.Process(self._process.pid).children(recursive=True)
        self._process.send_signal(signal.SIGINT)
        assert self._process.wait(60) == 0, self._log.read_text()[-2000:]
        _, alive = psutil.wait_procs(family, timeout=5)
        assert alive == []

    def _told(self) -> StackFile:
        return StackFile.read(self._directory / "stack.json")

    def _is_ready(self) -> bool | None:
        assert self._process.poll() is None, self._log.read_text()[-2000:]
        return True if b"\nready " in self._log.read_bytes() else None

    def successor(self, part: Part, before: int) -> int | None:
        """The process that followed another one as this part; None if there is none yet."""
        now = self._told().pids.get(part, before)
        return now if now != before and psutil.pid_exists(now) else None

    def _through(self) -> list[PartitionStatus] | None:
        try:
            found = read_partitions(self.settings)
        except StoreUnavailableError:
            return None  # a part that was killed is still on its way up
        return None if is_behind(found) else found
