"""What `playhead archive` shows."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from operations.archive.catalogue import name_of

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from operations.archive.archiver import Archived
    from operations.archive.catalogue import Month

_MEGABYTE = 1_000_000


def plan(months: list[Month], directory: Path, *, keep: bool) -> Table:
    """What is there, and what would become of it."""
    table = Table(title=f"sessions, to {directory}", title_style="dim")
    for heading in ("month", "rows", "MB"):
        table.add_column(heading, justify="right")
    table.add_column("what happens")
    for month in months:
        steps = _steps(month, keep=keep)
        table.add_row(f"{month.month:%Y-%m}", f"{month.rows:,}", f"{month.bytes / _MEGABYTE:,.1f}", steps)
    return table


def _steps(month: Month, *, keep: bool) -> str:
    record = month.record
    first = f"write {name_of(month.month)}, verify"
    if record is not None and record.rows == month.rows:
        first = f"verify {record.file.name}, written before"
    return first if keep else f"{first}, drop"


def result(archived: Archived) -> str:
    """What became of a month."""
    record = archived.record
    size = f"{record.rows:,} rows, {record.bytes / _MEGABYTE:,.1f} MB, sha256 {record.sha256[:12]}…"
    end = "verified, and still in the database" if archived.done == "kept" else "verified and dropped"
    return f"{record.path}: {size}, {end}"


class Bars:
    """A bar on a terminal; elsewhere nothing, as each month makes a line of its own."""

    def __init__(self, rows: int) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bars = Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())
        self._task = self._bars.add_task("rows written", total=rows)

    def begin(self, month: Month) -> None:
        """Name the month."""
        self._bars.update(self._task, description=f"{month.month:%Y-%m}")

    def advance(self, rows: int) -> None:
        """So many rows more are written."""
        self._bars.advance(self._task, rows)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()
