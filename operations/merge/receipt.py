"""The receipt of a merge: what was added and moved, and what is left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from rich.table import Table

from operations.erase.receipt import ReceiptNote


class MergeReceipt(Struct, kw_only=True, rename="camel"):
    """What `playhead merge people` did; what it would do, if `dry_run`."""

    tenant_id: str
    from_user: str
    into_user: str
    dry_run: bool
    merged_at: datetime | None = None
    """Since when services take the one for the other; None in a dry run."""
    made_at: datetime
    items: int = 0
    """Items of which progress was added."""
    items_of_both: int = 0
    """Those of which INTO had progress before."""
    sessions: int = 0
    watch_seconds: int = 0
    """As FROM's figures had it; time during which both were watching is counted once from now on."""
    moved: dict[str, int] = {}
    """Rows of PostgreSQL that became INTO's, by table. Empty in a dry run."""
    redis_items: int = 0
    kafka_tombstones: int = 0
    kept: list[ReceiptNote] = []


def table(receipt: MergeReceipt) -> Table:
    """What was added, moved and kept."""
    title = "what would be merged" if receipt.dry_run else "merged"
    shown = Table(title=f"{title}: {receipt.from_user} into {receipt.into_user}", title_style="dim")
    for heading in ("what", "how much"):
        shown.add_column(heading, overflow="fold")
    for row in _rows(receipt):
        shown.add_row(*row)
    return shown


def _rows(receipt: MergeReceipt) -> Iterator[tuple[str, str]]:
    yield "items", f"{receipt.items:,}, of which both had {receipt.items_of_both:,}"
    yield "sessions", f"{receipt.sessions:,}"
    yield "watch time", f"{receipt.watch_seconds:,} s"
    if not receipt.dry_run:
        for name, count in receipt.moved.items():
            yield f"moved: {name}", f"{count:,}"
        yield "removed from Redis, items", f"{receipt.redis_items:,}"
        yield "removed from Kafka, states", f"{receipt.kafka_tombstones:,}"
    for note in receipt.kept:
        yield f"kept: {note.what}", note.why
