"""The checksum of a month's rows, computed by PostgreSQL and from the file by different code.

Each row becomes a text of all its columns; the first half of the text's MD5, as a signed number, is summed.
The sum does not depend on the order of the rows, and a lost, doubled or changed row changes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import md5
from typing import Any

COLUMNS = (
    "tenant_id",
    "user_id",
    "started_at",
    "content_id",
    "session_key",
    "last_at",
    "watched",
    "pages",
    "watch_ms",
    "content_ms",
    "wall_ms",
    "position_ms",
    "scroll_position",
    "ended",
    "quarters",
)
"""All columns of `sessions`; a test compares them with the table."""


@dataclass(frozen=True, slots=True)
class RowsChecksum:
    """The number of rows, and the sum over them."""

    rows: int = 0
    checksum: int = 0

    def __add__(self, other: RowsChecksum) -> RowsChecksum:
        return RowsChecksum(self.rows + other.rows, self.checksum + other.checksum)

    def __sub__(self, other: RowsChecksum) -> RowsChecksum:
        return RowsChecksum(self.rows - other.rows, self.checksum - other.checksum)


def checksum(rows: Iterable[Sequence[Any]]) -> RowsChecksum:
    """The checksum of rows whose fields are written as PostgreSQL writes them; None is left out."""
    count = total = 0
    for row in rows:
        text = "|".join([str(field) for field in row if field is not None])
        digest = md5(text.encode(), usedforsecurity=False).digest()
        total += int.from_bytes(digest[:8], "big", signed=True)
        count += 1
    return RowsChecksum(count, total)
