from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

PIECE = 256 * 1024


def pieces(path: Path) -> Iterator[bytes]:
    """A file's bytes, a piece at a time."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
