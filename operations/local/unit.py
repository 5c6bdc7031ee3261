"""Units, which a supervisor keeps running: a store, a `playhead` command, or the gateway."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import httpx

from operations.local.process import ChildCommand, ChildProcess

if TYPE_CHECKING:
    from collections.abc import Mapping

    from operations.local.data_dir import DataDir

_ASK_SECONDS = 1.0
GRACE_SECONDS = 15.0
"""The time for a service to drain; ingest's own limit is 10 s."""


class Unit(Protocol):
    """A process that a supervisor starts, asks and stops."""

    name: str
    log: Path

    @property
    def child(self) -> ChildProcess | None:
        """The process; None before the first launch."""
        ...

    def launch(self) -> bool:
        """Start it unless it runs; return whether it was started."""
        ...

    def answers(self) -> bool:
        """Ask once whether it is ready; may block for a second."""
        ...


class ServiceProcess:
    """A program as a child process, with `/readyz` and `/metrics` on its port if it has one."""

    def __init__(
        self,
        name: str,
        data: DataDir,
        argv: tuple[str, ...],
        environment: Mapping[str, str],
        *,
        port: int | None = None,
    ) -> None:
        self.name = name
        self.log = data.log(name)
        self.port = port
        command = ChildCommand(
            argv=argv,
            cwd=Path.cwd(),
            log=self.log,
            record=data.record(name),
            environment=environment,
            grace_seconds=GRACE_SECONDS,
        )
        self._child = ChildProcess(command)

    @property
    def child(self) -> ChildProcess:
        """The process."""
        return self._child

    @property
    def url(self) -> str | None:
        """The address of its health endpoints; None for a command without a port."""
        return None if self.port is None else f"http://127.0.0.1:{self.port}"

    def launch(self) -> bool:
        """Start it unless it runs; return whether it was started."""
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


def playhead_command(
    name: str,
    data: DataDir,
    environment: Mapping[str, str],
    *,
    arguments: tuple[str, ...] | None = None,
    port: int | None = None,
) -> ServiceProcess:
    """Return the unit that runs `playhead` with these arguments, or with its name alone."""
    # -P: a folder of the working directory is never imported as a package
    argv = (sys.executable, "-P", "-m", "operations", *(arguments or (name,)))
    return ServiceProcess(name, data, argv, {"PYTHONUNBUFFERED": "1", **environment}, port=port)
