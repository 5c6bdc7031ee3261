"""Finds the services for a command: in the environment, else in a stack that runs here, else by default."""

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
    """`stack.json`: ports by name, the settings for services of this stack, and the ids of its processes."""

    ports: dict[str, int] = {}
    environment: dict[str, str] = {}
    pids: dict[str, int] = {}

    @classmethod
    def read(cls, path: Path) -> StackFile:
        """Read the file; one that is absent or undecodable counts as empty."""
        try:
            return msgspec.json.decode(path.read_bytes(), type=cls)
        except (FileNotFoundError, msgspec.DecodeError):
            return cls()

    def write(self, path: Path) -> None:
        """Replace the file atomically."""
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n")
        unfinished.replace(path)


def read_settings(kind: type[S], data_dir: Path) -> S:
    """Build settings from the environment, then from the `playhead up` that runs on `data_dir`.

    Raises:
        ValidationError: a variable is wrong; `operations.cli.failures.explained` names it.
    """
    stack = running_stack(data_dir)
    return settings_from(kind, {} if stack is None else stack.environment, os.environ)


def settings_from(kind: type[S], offered: Mapping[str, str], environment: Mapping[str, str]) -> S:
    """Build settings from `offered` variables, except those that the environment has."""
    values = {
        name.removeprefix(_PREFIX).lower(): value
        for name, value in offered.items()
        if name not in environment and f"{name}_FILE" not in environment
    }
    return kind(**{name: value for name, value in values.items() if name in kind.model_fields})  # type: ignore[arg-type]


def running_stack(data_dir: Path) -> StackFile | None:
    """Return the stack that runs on that data directory, if one does."""
    data = DataDir(data_dir)
    return StackFile.read(data.stack_file) if data.in_use() else None


def gateway_url(data_dir: Path) -> str:
    """Return the address of the HTTP API of the stack that runs on that data directory."""
    stack = running_stack(data_dir)
    ports = {} if stack is None else stack.ports
    return f"http://127.0.0.1:{ports.get('gateway', _DEFAULT_GATEWAY_PORT)}"
