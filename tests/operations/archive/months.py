"""Three months of sessions, and how tests archive them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from operations.archive import catalogue, retention
from operations.archive.archiver import ArchivedMonth, Archiver
from playhead.postgres import connect
from tests.services import Database

JUNE, JULY, AUGUST = (date(2024, month, 1) for month in (6, 7, 8))


@contextmanager
def archiver(database: Database, directory: Path, *, keep: bool = False) -> Iterator[Archiver]:
    with retention.exclusive(database.writer_dsn, "archive") as connection:
        yield Archiver(connection, directory, keep=keep, advance=lambda _: None)


def archive(database: Database, directory: Path, before: date, *, keep: bool = False) -> list[ArchivedMonth]:
    with retention.exclusive(database.writer_dsn, "archive") as connection:
        these = Archiver(connection, directory, keep=keep, advance=lambda _: None)
        return [these.archive(month) for month in catalogue.months_before(connection, before)]


def as_stored(file: Path) -> list[dict[str, Any]]:
    """A file's rows, by no code of ours, as PostgreSQL's to_jsonb writes them."""
    return [
        row
        | {
            "started_at": _json_time(row["started_at"]),
            "last_at": _json_time(row["last_at"]),
            "watched": _braces((span["start_ms"], span["end_ms"]) for span in row["watched"]),
            "pages": _braces((span["start"], span["end"]) for span in row["pages"]),
            "scroll_position": pytest.approx(row["scroll_position"]) if row["scroll_position"] else None,
        }
        for row in pq.read_table(file).to_pylist()
    ]


def _json_time(at: datetime) -> str:
    at = at.astimezone(UTC)
    fraction = f".{at.microsecond:06d}".rstrip("0") if at.microsecond else ""
    return f"{at:%Y-%m-%dT%H:%M:%S}{fraction}+00:00"


def _braces(spans: Any) -> str:
    return "{" + ",".join(f"[{start},{end})" for start, end in spans) + "}"


def find_month(database: Database, month: date) -> catalogue.SessionsMonth:
    with connect(database.writer_dsn, "test") as connection:
        return next(each for each in catalogue.months_before(connection, AUGUST) if each.month == month)
