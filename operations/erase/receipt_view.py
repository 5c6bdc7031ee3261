"""A receipt for people to read."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from operations.erase.receipt import Receipt


def table(receipt: Receipt) -> Table:
    """What was removed where, what expires, what is left and what is open."""
    title = (
        "what would be erased" if receipt.dry_run else f"erased at {receipt.erased_at:%Y-%m-%d %H:%M:%S} UTC"
    )
    shown = Table(title=f"{title}: {receipt.tenant_id}:{receipt.user_id}", title_style="dim")
    for heading in ("where", "what"):
        shown.add_column(heading, overflow="fold")  # on a narrow terminal, nothing of a path is lost
    for rows in (_stores(receipt), _files(receipt), _verified(receipt), _rest(receipt)):
        for row in rows:
            shown.add_row(*row)
        shown.add_section()
    return shown


def _stores(receipt: Receipt) -> Iterator[tuple[str, str]]:
    for name, count in receipt.postgres.items():
        yield f"Postgres {name}", f"{count:,}"
        if name == "sessions":
            for month, sessions in receipt.sessions_by_month.items():
                yield f"  begun in {month}", f"{sessions:,}"
    yield "Redis items", f"{receipt.redis_items:,}"
    yield "Kafka states, by tombstones", f"{receipt.kafka_tombstones:,}"


def _files(receipt: Receipt) -> Iterator[tuple[str, str]]:
    for file in receipt.archives:
        yield f"sessions in {file.path}", f"{file.sessions:,}"


def _verified(receipt: Receipt) -> Iterator[tuple[str, str]]:
    for store, left in receipt.verified.items():
        yield f"read back: {store}", f"[red]{left:,} left[/]" if left else "nothing left"


def _rest(receipt: Receipt) -> Iterator[tuple[str, str]]:
    for expiry in receipt.expires:
        when = (
            "for ever, as the topic is set"
            if expiry.until is None
            else f"gone by {expiry.until:%Y-%m-%d %H:%M} UTC"
        )
        yield f"Kafka {expiry.topic}", when
    for note in receipt.kept:
        yield f"kept: {note.what}", note.why
    for note in receipt.open:
        yield f"[red]open[/]: {note.what}", note.why
