"""A store as a child process: prepare once, launch, wait until ready, stop, kill, start again."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from operations.local import ports
from operations.local.errors import ProcessFailedError
from operations.local.process import ChildCommand, ChildProcess, tail

if TYPE_CHECKING:
    from pathlib import Path

READY_SECONDS = 90.0
"""Enough for a broker that reads its log again after a crash, on a slow disk."""
_ASK_AGAIN_SECONDS = 0.05
ASK_SECONDS = 1
"""The time limit of one probe."""


@dataclass(frozen=True, slots=True)
class StorePlace:
    """A store's directory, port, log file and process record."""

    home: Path
    port: int
    log: Path
    record: Path

    @classmethod
    def below(cls, directory: Path, name: str) -> StorePlace:
        """Return a free port, with all files in one directory."""
        port = ports.choose()
        return cls(directory / name, port, directory / f"{name}.log", directory / f"{name}.json")


class StoreProcess(ABC):
    """A store as a child process on 127.0.0.1, with the same data and port after every start."""

    name: str

    def __init__(self, place: StorePlace) -> None:
        self.home = place.home
        self.port = place.port
        self.log = place.log
        self._record = place.record
        self._child: ChildProcess | None = None

    @property
    def pid(self) -> int | None:
        """The id of the running server process."""
        return None if self._child is None else self._child.pid

    def start(self) -> None:
        """Launch it and wait until it answers; call this in a thread that outlives the store."""
        launched = self.launch()
        try:
            self.wait_ready()
        except ProcessFailedError:
            if launched:
                raise
            # killed from elsewhere, it was still ending when `launch` saw it run
            self.launch()
            self.wait_ready()

    def launch(self) -> bool:
        """Prepare the data on first use, start the process unless it runs; return whether it started."""
        child = self._child or self.prepare()
        if child.pid is not None:
            return False
        child.launch()
        return True

    def prepare(self) -> ChildProcess:
        """Prepare the data, and the process that is not started yet; once, and on any thread."""
        if self._child is None:
            self._prepare()
            self._child = ChildProcess(self._command())
        return self._child

    def wait_ready(self, seconds: float = READY_SECONDS) -> None:
        """Ask the store until it answers.

        Raises:
            ProcessFailedError: it ended, or does not answer in time; carries the end of its log.
        """
        deadline = time.monotonic() + seconds
        while not self.answers():
            code = None if self._child is None else self._child.wait(_ASK_AGAIN_SECONDS)
            if self._child is None or code is not None:
                raise self._failed(f"ended with exit code {code}")
            if time.monotonic() > deadline:
                raise self._failed(f"did not answer on port {self.port} within {seconds:.0f} s")

    def stop(self) -> None:
        """Ask it to end; kill it if that takes too long."""
        if self._child is not None:
            self._child.stop()

    def ask_to_stop(self) -> None:
        """Send the stop signal only, so that several stores stop at once."""
        if self._child is not None:
            self._child.ask_to_stop()

    def kill(self) -> None:
        """Send SIGKILL."""
        if self._child is not None:
            self._child.kill()

    @property
    def child(self) -> ChildProcess | None:
        """The process; None before the first launch."""
        return self._child

    @abstractmethod
    def answers(self) -> bool:
        """Ask the store once, briefly."""

    @abstractmethod
    def _command(self) -> ChildCommand: ...

    def _prepare(self) -> None:
        """Prepare the data directory; runs once for each owner of it."""
        self.home.mkdir(parents=True, exist_ok=True)

    def _run_tool(self, command: ChildCommand) -> None:
        """Run a program to its end, with its output in the store's log."""
        child = ChildProcess(command)
        child.launch()
        code = child.wait()
        command.record.unlink(missing_ok=True)
        if code != 0:
            raise self._failed(f"could not be prepared ({command.argv[0]} ended with exit code {code})")

    def _failed(self, what: str) -> ProcessFailedError:
        return ProcessFailedError(self.name, what, self.log, tail(self.log))
