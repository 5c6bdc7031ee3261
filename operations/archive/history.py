"""A person's sessions, from archived months and from the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import psycopg
from msgspec import Struct
from msgspec.structs import asdict
from psycopg.rows import dict_row

from operations.archive.catalogue import name_of
from operations.archive.retention import ArchiveFileError
from operations.stores import postgres
from playhead.progress.progress import named
from playhead.resources import read_text
from sinks.tables.months import month_of

Spans = list[tuple[int, int]]


class HistoryQuery(Struct, frozen=True, kw_only=True):
    """Sessions of a person, of one item or all, that began at or after `since` and before `until`."""

    tenant: str
    user: str
    content: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def might_be_in(self, month: date) -> bool:
        """Whether any of the time lies in the month."""
        since = None if self.since is None else month_of(self.since.date())
        return (since is None or since <= month) and (self.until is None or month <= self.until.date())


class PastSession(Struct, frozen=True, kw_only=True, rename="camel"):
    """A stored session."""

    content_id: str
    session_id: str | None
    """None if the client gave none."""
    started_at: datetime
    last_at: datetime
    watched_segments: list[tuple[float, float]]
    """Seconds of the item, as the client reported them."""
    pages: Spans
    watch_time_seconds: float
    content_time_seconds: float
    last_position_seconds: float | None
    scroll_position: float | None
    ended: bool
    source: Literal["archive", "database"]


_SESSIONS = read_text("operations.archive", "sessions.sql")


def find_sessions(query: HistoryQuery, directory: Path | None, dsn: str | None) -> list[PastSession]:
    """The sessions in a directory of archived months and in the database, newest first.

    Raises:
        ArchiveFileError: there is no such directory, it holds no archive, or a file cannot be read.
        StoreUnavailableError: PostgreSQL does not answer.
    """
    archived = [] if directory is None else list(in_archive(directory, query))
    if dsn is None:
        return in_order(archived)
    with postgres(dsn, "history") as connection:
        return in_order(archived, in_database(connection, query))


def in_order(*sources: Iterable[PastSession]) -> list[PastSession]:
    """All sessions, newest first; the database's version of one that is in a file, too."""
    known: dict[tuple[str, str, datetime], PastSession] = {}
    for session in (each for source in sources for each in source):
        key = (session.content_id, session.session_id or "~", session.started_at)
        if key not in known or session.source == "database":
            known[key] = session
    return sorted(known.values(), key=lambda session: (session.started_at, session.content_id), reverse=True)


def in_database(connection: psycopg.Connection, query: HistoryQuery) -> Iterator[PastSession]:
    """The sessions whose months are in the database."""
    with connection.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(_SESSIONS, asdict(query)):
            yield _session(row, row["watched"], row["pages"], "database")


def in_archive(directory: Path, query: HistoryQuery) -> Iterator[PastSession]:
    """The sessions in a directory of archived months; reads only the row groups that may have some.

    Raises:
        ArchiveFileError: there is no such directory, it holds no archive, or a file cannot be read.
    """
    from operations.archive import parquet

    field, scalar = parquet.dataset.field, parquet.pa.scalar
    conditions = (field("tenant_id") == query.tenant) & (field("user_id") == query.user)
    if query.content is not None:
        conditions &= field("content_id") == query.content
    instant = parquet.SCHEMA.field("started_at").type
    if query.since is not None:
        conditions &= field("started_at") >= scalar(query.since, instant)
    if query.until is not None:
        conditions &= field("started_at") < scalar(query.until, instant)
    for file in _files_in(directory, query):
        try:
            table = parquet.dataset.dataset(str(file), parquet.SCHEMA, format="parquet").to_table(
                filter=conditions
            )
        except (parquet.pa.ArrowException, OSError) as error:
            raise ArchiveFileError(f"{file} cannot be read: {error}") from error
        spans = (parquet.spans_of(table.column(name)) for name in ("watched", "pages"))
        for row, watched, pages in zip(table.to_pylist(), *spans, strict=True):
            yield _session(row, watched, pages, "archive")


def _files_in(directory: Path, query: HistoryQuery) -> list[Path]:
    """The files whose months may have some of the sessions, oldest first."""
    if not directory.is_dir():
        raise ArchiveFileError(f"{directory} is no directory: --archive is where `playhead archive` wrote to")
    months = {file: month for file in directory.glob("sessions-*.parquet") if (month := _month(file))}
    if not months:
        raise ArchiveFileError(f"{directory} holds no archived months (sessions-YYYY-MM.parquet)")
    return sorted(file for file, month in months.items() if query.might_be_in(month))


def _month(file: Path) -> date | None:
    try:
        month = date.fromisoformat(f"{file.stem.removeprefix('sessions-')}-01")
    except ValueError:
        return None
    return month if file.name == name_of(month) else None


def _session(
    row: Mapping[str, Any],
    watched: Iterable[Iterable[int]],
    pages: Iterable[Iterable[int]],
    source: Literal["archive", "database"],
) -> PastSession:
    position, scroll = row["position_ms"], row["scroll_position"]
    return PastSession(
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
