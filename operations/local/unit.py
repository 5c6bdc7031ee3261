"""What a supervisor keeps alive: a store, or one of Playhead's own commands as a child process."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import httpx

from operations.local.process import ChildProcess, Command

if TYPE_CHECKING:
    from collections.abc import Mapping

    from operations.local.data_dir import DataDir

_ASK_SECONDS = 1.0
GRACE_SECONDS = 15.0
"""For a service to drain; ingest's own limit is 10 s."""


class Unit(Protocol):
    """As much of a store or a service as supervising it takes."""

    name: str
    log: Path

    @property
    def child(self) -> ChildProcess | None:
        """Its process; None before the first launch."""
        ...

    def launch(self) -> bool:
        """Start it unless it runs; tells whether it did."""
        ...

    def answers(self) -> bool:
        """Ask once whether it does its work; may block for a second."""
        ...


class PlayheadCommand:
    """`python -m operations …` as a child process."""

    def __init__(
        self,
        name: str,
        data: DataDir,
        environment: Mapping[str, str],
        *,
        arguments: tuple[str, ...] | None = None,
        port: int | None = None,
    ) -> None:
        self.name = name
        self.log = data.log(name)
        self.port = port
        safely = ("-P", "-m", "operations")  # -P: a folder that happens to lie about here is no package
        command = Command(
            argv=(sys.executable, *safely, *(arguments or (name,))),
            cwd=Path.cwd(),
            log=self.log,
            record=data.record(name),
            environment={"PYTHONUNBUFFERED": "1", **environment},
            grace_seconds=GRACE_SECONDS,
        )
        self._child = ChildProcess(command)

    @property
    def child(self) -> ChildProcess:
        """Its process."""
        return self._child

    @property
    def url(self) -> str | None:
        """Where it tells of its health; None for a command without a port."""
        return None if self.port is None else f"http://127.0.0.1:{self.port}"

    def launch(self) -> bool:
        """Start it unless it runs; tells whether it did."""
        if self._child.pid is not None:
            return False
        self._child.launch()
        return True

    def answers(self) -> bool:
        """Ask `/readyz`; a command without a port is ready as soon as it runs."""
        if self.url is None:
            return self._child.pid is not None
        try:
            return httpx.get(f"{self.url}/readyz", timeout=_ASK_SECONDS).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False
