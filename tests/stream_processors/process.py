"""A processor as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import psutil

T = TypeVar("T")
_WORKER = """
from playhead.settings import ProcessorSettings
from stream_processors import service
settings = ProcessorSettings()
service.run(settings)
"""


def eventually(
    look: Callable[[], T | None],
    what: str,
    seconds: float = 40.0,
    *,
    found: Callable[[], object] | None = None,
) -> T:
    """Poll until `look` returns something other than None or False.

    `found` describes the current state in the error of a timeout.
    """
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if seen is not None and seen is not False:
            return seen
        if time.monotonic() > deadline:
            instead = "" if found is None else f", but {found()}"
            raise AssertionError(f"not within {seconds:.0f} s: {what}{instead}")
        time.sleep(0.02)


@dataclass
class Worker:
    """A process of the processor, started on entering."""

    environment: Mapping[str, str]
    log: Path
    release: Path | None = None
    """The directory of another release to run; None for this one."""
    process: subprocess.Popen[bytes] = field(init=False)

    def __enter__(self) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _WORKER],
                env=os.environ | self.environment,
                cwd=self.release,  # the first place in which Python looks
                stderr=log,
                stdout=log,
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait()
        if error is not None:
            sys.stderr.write(f"--- {self.log}\n{self.log.read_text()[-6000:]}")

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def ended(self, seconds: float = 30.0) -> int:
        """Wait for the end; the exit code."""
        return self.process.wait(seconds)

    def answers(self, path: str) -> tuple[int, str]:
        """Status and text of an endpoint of its health server."""
        port = eventually(self._port, "the health server's port")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def _port(self) -> int | None:
        connections = psutil.Process(self.process.pid).net_connections("tcp")
        listening = [each.laddr.port for each in connections if each.status == "LISTEN"]
        return listening[0] if listening else None

    @property
    def log_text(self) -> str:
        """Its log."""
        return self.log.read_text()
