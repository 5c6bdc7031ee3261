"""Showing how far an export is, on the error output: the other one may be the file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Watcher(Protocol):
    """Told how far it is."""

    def __call__(self, rows: int | None, total: int, size: int) -> None:
        """So many rows of the total, None where they cannot be counted, and so many bytes."""
        ...


@contextmanager
def shown(name: str) -> Iterator[Watcher]:
    """A bar on a terminal; nothing elsewhere, where the command says one line at its end."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console  # noqa: PLC0415 - quick --help
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task(name, total=None, told="waiting")

        def watch(rows: int | None, total: int, size: int) -> None:
            if rows is None:
                told = f"{total:,} rows, {size / 1e6:,.1f} MB" if size else f"{total:,} rows, being made"
                progress.update(task, told=told)
            else:
                progress.update(task, total=total, completed=rows, told=f"{rows:,} of {total:,} rows")

        yield watch
