"""What a month's rows amount to, computed by PostgreSQL and from the file by different code.

Each row makes a text of all its columns; the first half of the text's MD5, as a signed number, is summed. The
sum does not depend on the order of the rows, and losing, doubling or changing any row changes it.
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
)
"""All that `sessions` has; a test compares them with the table's own."""

_TEXT = """concat_ws('|',
    tenant_id, user_id, (extract(epoch FROM started_at) * 1000000)::bigint, content_id, session_key,
    (extract(epoch FROM last_at) * 1000000)::bigint, watched, pages, watch_ms, content_ms, wall_ms,
    coalesce(position_ms::text, ''), coalesce(encode(float4send(scroll_position), 'hex'), ''), ended)"""

TALLY = f"""
SELECT count(*), coalesce(sum(('x' || left(md5({_TEXT}), 16))::bit(64)::bigint), 0)
FROM progress.sessions WHERE started_at >= %(start)s AND started_at < %(stop)s
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows, and the sum over them."""

    rows: int = 0
    checksum: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.rows + other.rows, self.checksum + other.checksum)

    def __sub__(self, other: Tally) -> Tally:
        return Tally(self.rows - other.rows, self.checksum - other.checksum)


def tally(rows: Iterable[Sequence[Any]]) -> Tally:
    """The tally of rows whose fields are written as PostgreSQL writes them."""
    count = checksum = 0
    for row in rows:
        digest = md5("|".join(map(str, row)).encode(), usedforsecurity=False).digest()
        checksum += int.from_bytes(digest[:8], "big", signed=True)
        count += 1
    return Tally(count, checksum)
