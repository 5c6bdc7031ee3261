"""A second process of a service, beside those that `playhead up` runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx

from operations.local import ports
from operations.local.running_stack import StackFile
from tests.faults.pipeline import READY_S, Pipeline, until

Service = Literal["ingest", "processor", "sink"]
_COMMANDS = {"processor": "process"}


@dataclass(frozen=True, slots=True)
class Second:
    """A process on the stores of a pipeline."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def await_ready(self) -> None:
        """Wait until it is ready; a processor and a sink are once they have partitions."""
        until(self._is_ready, READY_S, f"{self.log.stem} is ready")

    def kill(self) -> None:
        """End it as the kernel's out-of-memory killer would."""
        self.process.kill()
        self.process.wait()

    def leave(self) -> None:
        """Ask it to end; it must do so in good order."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(60) == 0, self.log.read_text()[-2000:]

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()[-2000:]
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/readyz", timeout=5).is_success
        return False


@contextmanager
def second(pipeline: Pipeline, service: Service) -> Iterator[Second]:
    """Start one, and wait until it takes part."""
    port = ports.choose()
    stack = StackFile.read(pipeline.directory / "stack.json")
    own = {f"PLAYHEAD_{service.upper()}_PORT": str(port)}
    log = pipeline.directory / f"second-{service}.log"
    command = (sys.executable, "-P", "-m", "operations", _COMMANDS.get(service, service))
    with log.open("ab") as written:
        process = subprocess.Popen(
            command, env=os.environ | stack.environment | own, stdout=written, stderr=written
        )
    running = Second(process, f"http://127.0.0.1:{port}", log)
    try:
        running.await_ready()
        yield running
    finally:
        running.kill()
