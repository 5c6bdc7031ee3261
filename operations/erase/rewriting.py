"""Replace an archived file by one without what is erased: the record first, then the file; safe to repeat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from msgspec.structs import asdict

from operations.archive import parquet
from operations.archive.catalogue import ArchivedFile, ArchiveRecord
from operations.archive.checksum import RowsChecksum
from operations.archive.files import flush_to_disk, is_intact, partial_of, put_in_place
from operations.archive.month_file import record_of, verify
from operations.archive.retention import ArchiveFileError
from operations.erase.subject import Erasable, Subject
from playhead.progress.figures.watch_time import spread
from playhead.progress.identifiers import DAY_MS
from playhead.progress.quarters import QUARTER_MS
from playhead.resources import read_text

dataset, pa, pq = parquet.dataset, parquet.pa, parquet.pq

_REPLACE = """
UPDATE progress.archives SET path = %(path)s, rows = %(rows)s, bytes = %(bytes)s, sha256 = %(sha256)s
WHERE month = %(month)s
"""
_SUBTRACT = read_text("operations.erase", "subtract_archived_days.sql")


_EPOCH = date(1970, 1, 1).toordinal()


def _ms(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@dataclass(slots=True)
class RemovedSessions:
    """What was left out of a file."""

    sessions: Counter[date] = field(default_factory=Counter)
    """By the day on which they began."""
    quarters: Counter[int] = field(default_factory=Counter)
    """Their time in ms, by quarter of an hour since 1970; spread evenly where the file does not say how."""
    left: int = 0
    """Rows that are still in the file."""

    def add(self, table: Any) -> None:
        """Count the rows of a table."""
        for row in table.to_pylist():
            self.sessions[row["started_at"].date()] += 1
            if quarters := row.get("quarters"):
                first, *times = quarters
                self.quarters.update(dict(enumerate(times, first)))
                continue
            end, wall_ms = _ms(row["last_at"]), row["wall_ms"]
            for quarter, part in spread(min(_ms(row["started_at"]), end - wall_ms), end, wall_ms):
                self.quarters[quarter] += part

    @property
    def wall_ms(self) -> Counter[date]:
        """The time as it was counted, by the day (UTC) on which it was spent."""
        days: Counter[date] = Counter()
        for quarter, wall_ms in self.quarters.items():
            if wall_ms:
                days[date.fromordinal(_EPOCH + quarter * QUARTER_MS // DAY_MS)] += min(wall_ms, QUARTER_MS)
        return days


def sessions_of(path: Path, subject: Erasable) -> int:
    """How many sessions to erase a file holds; reads only the row groups that may have some.

    Raises:
        ArchiveFileError: the file cannot be read.
    """
    with _file_errors(path, "read"):
        return int(dataset.dataset(str(path), format="parquet").count_rows(filter=_theirs(subject)))


def _theirs(subject: Erasable) -> Any:
    """Which rows to erase."""
    rows = dataset.field("tenant_id") == subject.tenant
    return rows & (dataset.field("user_id") == subject.user) if isinstance(subject, Subject) else rows


def erase_from(connection: psycopg.Connection, file: ArchivedFile, subject: Erasable) -> int:
    """Replace the file by one without them; how many sessions were removed.

    If the command is killed after the record was stored and before the file is replaced, the next one finds a
    file that differs from its record, but whose rewritten version does not. Nothing is subtracted twice then.

    Raises:
        ArchiveFileError: the file cannot be read, or is not the one that was archived.
    """
    record = file.record
    is_as_recorded = record is None or is_intact(file.path, record.sha256)
    if is_as_recorded and not sessions_of(file.path, subject):
        return 0
    partial = partial_of(file.path)
    removed = _write_without(file.path, subject, partial)
    if record is not None:
        successor = record_of(record.month, removed.left, partial, file.path)
        if is_as_recorded:
            _store(connection, subject, record, successor, removed)
        elif successor.sha256 != record.sha256:
            partial.unlink()
            raise ArchiveFileError(
                f"{file.path} is not the file that was archived: its SHA-256 is not the one recorded"
            )
    put_in_place(partial, file.path)
    return removed.sessions.total()


def _store(
    connection: psycopg.Connection,
    subject: Erasable,
    record: ArchiveRecord,
    successor: ArchiveRecord,
    removed: RemovedSessions,
) -> None:
    """Replace the record, and subtract the sessions from the figures of days that only the file has.

    An organisation's figures are erased as a whole.
    """
    with connection.transaction():
        connection.execute(_REPLACE, asdict(successor))
        if record.dropped_at is not None and isinstance(subject, Subject):
            wall_ms = removed.wall_ms
            days = sorted(removed.sessions.keys() | wall_ms.keys())
            figures = {
                "tenant": subject.tenant,
                "days": days,
                "sessions": [removed.sessions[day] for day in days],
                "wall_ms": [wall_ms[day] for day in days],
            }
            connection.execute(_SUBTRACT, figures)


def _write_without(path: Path, subject: Erasable, partial: Path) -> RemovedSessions:
    """Write all other sessions to `partial`, and verify it by reading it back."""
    removed, before, taken = RemovedSessions(), RowsChecksum(), RowsChecksum()
    with (
        _file_errors(path, "rewritten"),
        pq.ParquetFile(str(path)) as file,
        parquet.writer(str(partial), file.schema_arrow) as kept,
    ):
        for batch in file.iter_batches(batch_size=parquet.ROW_GROUP):
            table = pa.Table.from_batches([batch])
            theirs = _theirs(subject)
            others, out = table.filter(~theirs), table.filter(theirs)
            if others.num_rows:
                kept.write_table(others)
            before += parquet.checksum_of_table(table)
            taken += parquet.checksum_of_table(out)
            removed.add(out)
    flush_to_disk(partial)
    expected = before - taken
    verify(partial, expected)
    removed.left = expected.rows
    return removed


@contextmanager
def _file_errors(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, KeyError) as error:
        raise ArchiveFileError(f"{path} cannot be {what}: {error}") from error
