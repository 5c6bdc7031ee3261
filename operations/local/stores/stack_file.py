"""`stack.json`: what a local stack tells other commands about itself, and remembers for its next start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pathlib import Path


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
