"""Print what `playhead archive` and `playhead history` show."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from operations.archive.catalogue import SessionsMonth, name_of
from operations.archive.history import PastSession

if TYPE_CHECKING:  # the table of a history needs no pyarrow
    from operations.archive.archiver import ArchivedMonth

_MEGABYTE = 1_000_000


def plan(months: Sequence[SessionsMonth], directory: Path, *, keep: bool) -> Table:
    """The months, and what the command does with each."""
    table = Table(title=f"sessions, to {directory}", title_style="dim")
    for heading in ("month", "rows", "MB"):
        table.add_column(heading, justify="right")
    table.add_column("what happens")
    for month in months:
        steps = _steps(month, keep=keep)
        table.add_row(f"{month.month:%Y-%m}", f"{month.rows:,}", f"{month.bytes / _MEGABYTE:,.1f}", steps)
    return table


def _steps(month: SessionsMonth, *, keep: bool) -> str:
    record = month.record
    first = f"write {name_of(month.month)}, verify"
    if record is not None and record.rows == month.rows:
        first = f"verify {record.file.name}, written before"
    return first if keep else f"{first}, drop"


def result(archived: ArchivedMonth) -> str:
    """What was done with a month."""
    record = archived.record
    size = f"{record.rows:,} rows, {record.bytes / _MEGABYTE:,.1f} MB, sha256 {record.sha256[:12]}…"
    end = "verified, and still in the database" if archived.done == "kept" else "verified and dropped"
    return f"{record.path}: {size}, {end}"


class ArchiveBar(Progress):
    """A progress bar on the error output, if that is a terminal."""

    def __init__(self, rows: int) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        super().__init__(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())
        self._task = self.add_task("rows written", total=rows)

    def begin(self, month: SessionsMonth) -> None:
        """Name the month that is written now."""
        self.update(self._task, description=f"{month.month:%Y-%m}")

    def add(self, rows: int) -> None:
        """Add rows that were written."""
        self.advance(self._task, rows)


def history_table(sessions: Sequence[PastSession]) -> Table:
    """One row for each session."""
    table = Table()
    for heading in ("began (UTC)", "item", "watched", "of the item", "reached", "from"):
        table.add_column(heading, overflow="fold")  # a narrow terminal shows the whole id
    for each in sessions:
        table.add_row(
            f"{each.started_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
            each.content_id,
            _duration(each.watch_time_seconds),
            ", ".join(f"{_duration(start)}-{_duration(end)}" for start, end in each.watched_segments),
            _reached(each),
            each.source,
        )
    return table


def _reached(session: PastSession) -> str:
    if session.last_position_seconds is not None:
        return _duration(session.last_position_seconds) + (", the end" if session.ended else "")
    return "" if session.scroll_position is None else f"{session.scroll_position:.0%}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
