"""The receipt of an erasure: what was removed where, what expires when, and what is left."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from rich.table import Table


class TopicExpiry(Struct, frozen=True, rename="camel"):
    """When a topic no longer holds any record of before the erasure."""

    topic: str
    until: datetime | None
    """None if the topic keeps its records forever."""


class ReceiptFile(Struct, frozen=True, rename="camel"):
    """An archived month's file, and how many of the erased sessions it had."""

    path: str
    sessions: int


class ReceiptNote(Struct, frozen=True, rename="camel"):
    """What is left or still to be done, and why."""

    what: str
    why: str


class Receipt(Struct, kw_only=True, rename="camel"):
    """What `playhead erase` did; what it would do, if `dry_run`."""

    tenant_id: str
    user_id: str | None
    """None if the whole organisation is erased."""
    dry_run: bool
    erased_at: datetime | None = None
    """When the person or the organisation was first erased; None in a dry run."""
    made_at: datetime
    postgres: dict[str, int]
    """Rows removed, by table."""
    sessions_by_month: dict[str, int]
    """Of a person."""
    redis_items: int = 0
    """Items of a person, or keys of an organisation."""
    kafka_tombstones: int = 0
    archives: list[ReceiptFile] = []
    verified: dict[str, int] = {}
    """What each store still held when it was read back, 0 if nothing is left. Stores that could not be
    read are missing. Empty in a dry run."""
    expires: list[TopicExpiry] = []
    kept: list[ReceiptNote] = []
    open: list[ReceiptNote] = []
    """What could not be done; the next run does it."""


def table(receipt: Receipt) -> Table:
    """What was removed where, what expires, what is left and what is open."""
    title = (
        "what would be erased" if receipt.dry_run else f"erased at {receipt.erased_at:%Y-%m-%d %H:%M:%S} UTC"
    )
    shown = Table(title=f"{title}: {_whose(receipt)}", title_style="dim")
    for heading in ("where", "what"):
        shown.add_column(heading, overflow="fold")  # a narrow terminal shows the whole path
    for rows in (_stores(receipt), _files(receipt), _verified(receipt), _rest(receipt)):
        for row in rows:
            shown.add_row(*row)
        shown.add_section()
    return shown


def _whose(receipt: Receipt) -> str:
    return (
        f"organisation {receipt.tenant_id}"
        if receipt.user_id is None
        else f"{receipt.tenant_id}:{receipt.user_id}"
    )


def _stores(receipt: Receipt) -> Iterator[tuple[str, str]]:
    for name, count in receipt.postgres.items():
        if receipt.user_id is None and not count:
            continue  # an organisation has dozens of tables; the JSON names all of them
        yield f"Postgres {name}", f"{count:,}"
        if name == "sessions":
            for month, sessions in receipt.sessions_by_month.items():
                yield f"  begun in {month}", f"{sessions:,}"
    yield f"Redis {'keys' if receipt.user_id is None else 'items'}", f"{receipt.redis_items:,}"
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
