"""How a command finds what it talks to: the environment, else a stack that runs here, else the defaults."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

import msgspec

from operations.local.data_dir import DataDir
from playhead.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PREFIX = "PLAYHEAD_"
_DEFAULT_GATEWAY_PORT = 8080

S = TypeVar("S", bound=Settings)


class StackFile(msgspec.Struct, frozen=True, kw_only=True):
    """The ports by name, the settings that lead a service to this stack, and the running processes' ids."""

    ports: dict[str, int] = {}
    environment: dict[str, str] = {}
    pids: dict[str, int] = {}

    @classmethod
    def read(cls, path: Path) -> StackFile:
        """Read it; an absent or unreadable one is an empty one, since all of it can be found anew."""
        try:
            return msgspec.json.decode(path.read_bytes(), type=cls)
        except (FileNotFoundError, msgspec.DecodeError):
            return cls()

    def write(self, path: Path) -> None:
        """Replace it whole, so that a reader never sees half of it."""
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")
        unfinished.replace(path)


def read_settings(kind: type[S], data_dir: Path) -> S:
    """Build settings: the environment wins, then what a `playhead up` that runs on `data_dir` told.

    Raises:
        ValidationError: a variable is wrong; `operations.cli.failures.explained` names it.
    """
    stack = running_stack(data_dir)
    return settings_from(kind, {} if stack is None else stack.environment, os.environ)


def settings_from(kind: type[S], offered: Mapping[str, str], environment: Mapping[str, str]) -> S:
    """Build settings from what is offered, except where the environment has the same variable."""
    values = {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in offered.items()
        if name not in environment
    }
    return kind(**{name: value for name, value in values.items() if name in kind.model_fields})  # type: ignore[arg-type]


def running_stack(data_dir: Path) -> StackFile | None:
    """Give what `playhead up` told about itself; None when none runs on that data."""
    data = DataDir(data_dir)
    return StackFile.read(data.stack_file) if data.in_use() else None


def gateway_url(data_dir: Path) -> str:
    """Where the HTTP API of the stack on this machine is."""
    stack = running_stack(data_dir)
    ports = {} if stack is None else stack.ports
    return f"http://127.0.0.1:{ports.get('gateway', _DEFAULT_GATEWAY_PORT)}"
