"""Somebody's sessions, from archived months and from the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import psycopg
from msgspec import Struct
from psycopg.rows import dict_row

from operations.archive.catalogue import name_of
from operations.archive.retention import ArchiveFileError
from playhead.progress.progress import named
from sinks.tables.months import month_of

Spans = list[tuple[int, int]]


class Wanted(Struct, frozen=True, kw_only=True):
    """Whose sessions, of which item, begun at or after `since` and before `until`."""

    tenant: str
    user: str
    content: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def might_be_in(self, month: date) -> bool:
        """Whether the month has any of the time asked for."""
        since = None if self.since is None else month_of(self.since.date())
        return (since is None or since <= month) and (self.until is None or month <= self.until.date())


class Past(Struct, frozen=True, kw_only=True, rename="camel"):
    """A session as it was stored."""

    content_id: str
    session_id: str | None
    """None for a visit that no client named."""
    started_at: datetime
    last_at: datetime
    watched_segments: list[tuple[float, float]]
    """Seconds, as the client claimed."""
    pages: Spans
    watch_time_seconds: float
    content_time_seconds: float
    last_position_seconds: float | None
    scroll_position: float | None
    ended: bool
    source: Literal["archive", "database"]


_SESSIONS = """
SELECT
    content_id::text, session_key, started_at, last_at,
    (SELECT coalesce(array_agg(ARRAY[lower(r), upper(r)]), '{}') FROM unnest(watched) AS r) AS watched,
    (SELECT coalesce(array_agg(ARRAY[lower(r), upper(r)]), '{}') FROM unnest(pages) AS r) AS pages,
    content_ms, wall_ms, position_ms, scroll_position, ended
FROM progress.sessions
WHERE tenant_id = %(tenant)s AND user_id = %(user)s
    AND (%(content)s::uuid IS NULL OR content_id = %(content)s)
    AND (%(since)s::timestamptz IS NULL OR started_at >= %(since)s)
    AND (%(until)s::timestamptz IS NULL OR started_at < %(until)s)
"""


def in_order(*sources: Iterable[Past]) -> list[Past]:
    """All of them, newest first; one that the database has is not told again by a file that was kept."""
    known: dict[tuple[str, str, datetime], Past] = {}
    for past in (each for source in sources for each in source):
        key = (past.content_id, past.session_id or "~", past.started_at)
        if key not in known or past.source == "database":
            known[key] = past
    return sorted(known.values(), key=lambda past: (past.started_at, past.content_id), reverse=True)


def in_database(connection: psycopg.Connection, wanted: Wanted) -> Iterator[Past]:
    """What has not been archived."""
    values = {name: getattr(wanted, name) for name in Wanted.__struct_fields__}
    with connection.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(_SESSIONS, values):
            yield _past(row, row["watched"], row["pages"], "database")


def in_archive(directory: Path, wanted: Wanted) -> Iterator[Past]:
    """What a directory of archived months holds; reads only the row groups that may have some of it.

    Raises:
        ArchiveFileError: there is no such directory, it holds no archive, or a file cannot be read.
    """
    from operations.archive import parquet  # noqa: PLC0415 - the database's history needs no pyarrow

    field, scalar = parquet.dataset.field, parquet.pa.scalar
    conditions = (field("tenant_id") == wanted.tenant) & (field("user_id") == wanted.user)
    if wanted.content is not None:
        conditions &= field("content_id") == wanted.content
    instant = parquet.SCHEMA.field("started_at").type
    if wanted.since is not None:
        conditions &= field("started_at") >= scalar(wanted.since, instant)
    if wanted.until is not None:
        conditions &= field("started_at") < scalar(wanted.until, instant)
    for file in files_in(directory, wanted):
        try:
            table = parquet.dataset.dataset(str(file), parquet.SCHEMA, format="parquet").to_table(
                filter=conditions
            )
        except (parquet.pa.ArrowException, OSError) as error:
            raise ArchiveFileError(f"{file} cannot be read: {error}") from error
        spans = (parquet.spans_of(table.column(name)) for name in ("watched", "pages"))
        for row, watched, pages in zip(table.to_pylist(), *spans, strict=True):
            yield _past(row, watched, pages, "archive")


def files_in(directory: Path, wanted: Wanted | None = None) -> list[Path]:
    """The archived months of a directory, oldest first; those that matter, where it is told what is wanted.

    Raises:
        ArchiveFileError: there is no such directory, or it holds no archive.
    """
    if not directory.is_dir():
        raise ArchiveFileError(f"{directory} is no directory: --archive is where `playhead archive` wrote to")
    months = {file: month for file in directory.glob("sessions-*.parquet") if (month := _month(file))}
    if not months:
        raise ArchiveFileError(f"{directory} holds no archived months (sessions-YYYY-MM.parquet)")
    return sorted(file for file, month in months.items() if wanted is None or wanted.might_be_in(month))


def _month(file: Path) -> date | None:
    try:
        month = date.fromisoformat(f"{file.stem.removeprefix('sessions-')}-01")
    except ValueError:
        return None
    return month if file.name == name_of(month) else None


def _past(
    row: Mapping[str, Any],
    watched: Iterable[Iterable[int]],
    pages: Iterable[Iterable[int]],
    source: Literal["archive", "database"],
) -> Past:
    position, scroll = row["position_ms"], row["scroll_position"]
    return Past(
        content_id=row["content_id"],
        session_id=named(row["session_key"]),
        started_at=row["started_at"],
        last_at=row["last_at"],
        watched_segments=[(start / 1000, end / 1000) for start, end in watched],
        pages=[(start, end) for start, end in pages],
        watch_time_seconds=row["wall_ms"] / 1000,
        content_time_seconds=row["content_ms"] / 1000,
        last_position_seconds=None if position is None else position / 1000,
        scroll_position=None if scroll is None else round(scroll, 4),
        ended=row["ended"],
        source=source,
    )
