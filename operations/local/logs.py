"""The children's log files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_ROTATE_BYTES = 32 * 1024 * 1024
_TAIL_BYTES = 16 * 1024


def rotate(log: Path) -> None:
    """Set a large log aside, keeping one older file; called between two lives of a child."""
    if log.exists() and log.stat().st_size > _ROTATE_BYTES:
        log.replace(log.with_suffix(".old.log"))


def tail(log: Path, lines: int = 15) -> str:
    """Give the last lines of a log, or say that there are none."""
    if not log.exists():
        return "(no log was written)"
    with log.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - _TAIL_BYTES))
        text = file.read().decode(errors="replace")
    return "\n".join(text.splitlines()[-lines:]) or "(the log is empty)"
