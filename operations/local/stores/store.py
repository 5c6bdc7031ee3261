"""What the three stores share: prepare once, launch, ask until it answers, stop, kill, start again."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from operations.local.errors import ProcessFailedError
from operations.local.process import ChildCommand, ChildProcess, tail

if TYPE_CHECKING:
    from pathlib import Path

_READY_SECONDS = 90.0
"""A broker that reads its log again after a crash, on a slow disk."""
_ASK_AGAIN_SECONDS = 0.05
ASK_SECONDS = 1
"""The time limit of one probe."""


@dataclass(frozen=True, slots=True)
class StorePlace:
    """Where a store keeps its files, listens, writes its log, and where its process is noted."""

    home: Path
    port: int
    log: Path
    record: Path


class StoreProcess(ABC):
    """A store as a child process on 127.0.0.1; the same data and the same port after every start."""

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
        """Launch, and wait until it answers. Call from a thread that lives as long as the store shall."""
        launched = self.launch()
        try:
            self.wait_ready()
        except ProcessFailedError:
            if launched:
                raise
            # it was still dying, of a kill from elsewhere, when it was asked whether it runs
            self.launch()
            self.wait_ready()

    def launch(self) -> bool:
        """Prepare the data on first use and start the process; returns before it answers.

        Tells whether it was not running already.
        """
        if self._child is None:
            self._prepare()
            self._child = ChildProcess(self._command())
        if self._child.pid is not None:
            return False
        self._before_launch()
        self._child.launch()
        return True

    def wait_ready(self, seconds: float = _READY_SECONDS) -> None:
        """Ask the store itself until it answers.

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
        self._after_ready()

    def stop(self) -> None:
        """Ask it to close its files and end; kill it when it takes too long."""
        if self._child is not None:
            self._child.stop()

    def ask_to_stop(self) -> None:
        """Send the stop signal only, so that several stores can stop at once."""
        if self._child is not None:
            self._child.ask_to_stop()

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._child is not None:
            self._child.kill()

    @property
    def child(self) -> ChildProcess | None:
        """The process, for who supervises it; None before the first launch."""
        return self._child

    @abstractmethod
    def answers(self) -> bool:
        """Ask the store once, briefly."""

    @abstractmethod
    def _command(self) -> ChildCommand: ...

    def _prepare(self) -> None:
        """Make the data directory what the server expects; repeated with every new owner of it."""
        self.home.mkdir(parents=True, exist_ok=True)

    def _before_launch(self) -> None:  # noqa: B027 - a hook that may stay empty
        """Clear away what a killed server leaves."""

    def _after_ready(self) -> None:  # noqa: B027 - the same
        """Make what can only be made in a running server."""

    def _run_tool(self, command: ChildCommand) -> None:
        """Run a preparing program to its end, its output in the store's log."""
        child = ChildProcess(command)
        child.launch()
        code = child.wait()
        command.record.unlink(missing_ok=True)
        if code != 0:
            raise self._failed(f"could not be prepared ({command.argv[0]} ended with exit code {code})")

    def _failed(self, what: str) -> ProcessFailedError:
        return ProcessFailedError(self.name, what, self.log, tail(self.log))
