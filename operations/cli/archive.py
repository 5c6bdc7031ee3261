"""`playhead archive`: old months of sessions into files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from operations.cli.failures import explained
from operations.cli.options import DEFAULT_DATA_DIR, DataDir

if TYPE_CHECKING:
    from datetime import date

    import psycopg

DIRECTORY = "archive"
"""Of the data directory; where files go unless told otherwise."""


def archive(
    *,
    older_than: Annotated[
        str, typer.Option(help="Months whose every day is older: 18months, 90days, 2years.")
    ],
    to: Annotated[
        Path | None, typer.Option(help="Where the files go; default: archive/ in the data directory.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Say what would be done, and do nothing.")] = False,
    keep: Annotated[bool, typer.Option(help="Write the files, and drop nothing.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Write whole months of sessions to Parquet files, and drop them from the database.

    Each file is read back and compared with the database, by number of rows and
    by a checksum over every column, before its month is dropped. Progress itself
    stays, as do the daily figures. A command that was stopped is run again: it
    goes on where it was. `playhead history --archive` reads the files. Audit
    events older than PLAYHEAD_AUDIT_RETENTION_DAYS are deleted, too.
    """
    from operations.archive import retention
    from operations.archive.age import cutoff, parse_age
    from operations.local.running_stack import read_settings
    from playhead.settings import ArchiveSettings
    from sinks.tables import months

    with explained(retention.RetentionError):
        before = cutoff(parse_age(older_than), months.today())
        settings = read_settings(ArchiveSettings, data_dir)
        directory = (to or data_dir / DIRECTORY).absolute()
        with retention.alone(settings.postgres_dsn, "archive") as connection:
            _archive(connection, before, directory, dry_run=dry_run, keep=keep)
            _expire(connection, settings.audit_retention_days, dry_run=dry_run or keep)


def _archive(
    connection: psycopg.Connection, before: date, directory: Path, *, dry_run: bool, keep: bool
) -> None:
    from rich.console import Console

    from operations.archive.archiver import Archiver
    from operations.archive.catalogue import months_before
    from operations.archive.dropping import forget_left_over
    from operations.archive.files import directory as made
    from operations.archive.view import Bars, plan, result

    console = Console()
    if not dry_run:
        forget_left_over(connection)
    found = months_before(connection, before)
    if not found:
        console.print(f"No month of sessions lies wholly before {before}.")
        return
    console.print(plan(found, directory, keep=keep))
    if dry_run:
        console.print("Nothing was changed.")
        return
    with Bars(sum(month.rows for month in found)) as bars:
        archiver = Archiver(connection, made(directory), keep=keep, tell=bars.advance)
        for month in found:
            bars.begin(month)
            console.print(result(archiver.archive(month)), soft_wrap=True)


def _expire(connection: psycopg.Connection, days: int, *, dry_run: bool) -> None:
    from operations.archive import audit_events

    events = audit_events.count(connection, days) if dry_run else audit_events.expire(connection, days)
    if events:
        print(f"{events:,} audit events older than {days} days{'.' if dry_run else ' deleted.'}")
