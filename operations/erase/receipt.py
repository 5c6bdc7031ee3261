"""The receipt of an erasure: what was removed where, what expires when, and what is left."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct


class Expiry(Struct, frozen=True, rename="camel"):
    """When a topic has forgotten by itself what it holds of the person."""

    topic: str
    until: datetime | None
    """None where the topic keeps its records for ever."""


class File(Struct, frozen=True, rename="camel"):
    """An archived month's file, and how many sessions of the person it had."""

    path: str
    sessions: int


class Note(Struct, frozen=True, rename="camel"):
    """What is left, or still to be done, and why."""

    what: str
    why: str


class Receipt(Struct, kw_only=True, rename="camel"):
    """What `playhead erase` did; of a dry run, what it would do."""

    tenant_id: str
    user_id: str
    dry_run: bool
    erased_at: datetime | None = None
    """When the person was erased first; None in a dry run."""
    made_at: datetime
    postgres: dict[str, int]
    """Rows removed, by table."""
    sessions_by_month: dict[str, int]
    redis_items: int = 0
    kafka_tombstones: int = 0
    archives: list[File] = []
    verified: dict[str, int] = {}
    """By store, what was still there of the person when it was read back: 0 where they are gone. A store that
    could not be read is not here. Empty in a dry run."""
    expires: list[Expiry] = []
    kept: list[Note] = []
    open: list[Note] = []
    """What could not be done; running the command again does it."""
