"""`playhead archive` moves old months of sessions to files; `playhead history` reads a person's sessions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from operations.cli.failures import explained
from operations.cli.options import (
    DEFAULT_DATA_DIR,
    DataDirOption,
    IdentifierError,
    TenantOption,
    UserOption,
    identifier,
)
from operations.local.running_stack import read_settings
from playhead.progress.identifiers import TenantId
from playhead.settings import DEFAULT, ArchiveSettings

if TYPE_CHECKING:
    import psycopg

DIRECTORY = "archive"
"""The default directory of the files, in the data directory."""
_TIME_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


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
    database: Annotated[
        str, typer.Option(help="One of several databases; its files have a directory of their own.")
    ] = DEFAULT,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Write whole months of sessions to Parquet files, and drop them from the database.

    Each file is read back and compared with the database, by number of rows and
    by a checksum over every column, before its month is dropped. Progress itself
    stays, as do the daily figures. A command that was stopped is run again: it
    goes on where it was. `playhead history --archive` reads the files. Audit
    events older than PLAYHEAD_AUDIT_RETENTION_DAYS are deleted, too.
    """
    from operations.archive.age import cutoff, parse_age
    from operations.archive.retention import RetentionError, exclusive
    from operations.stores import StoreUnavailableError
    from sinks.tables import months

    with explained(RetentionError, StoreUnavailableError):
        before = cutoff(parse_age(older_than), months.today())
        settings = read_settings(ArchiveSettings, data_dir)
        _require_database(settings, database)
        directory = (to or data_dir / DIRECTORY / ("" if database == DEFAULT else database)).absolute()
        with exclusive(settings.databases.named[database].dsn, "archive") as connection:
            _archive(connection, before, directory, dry_run=dry_run, keep=keep)
            _expire(connection, settings.audit_retention_days, dry_run=dry_run or keep)


def _require_database(settings: ArchiveSettings, name: str) -> None:
    if name not in settings.databases.named:
        raise typer.BadParameter(f"there is no database {name!r}: {', '.join(settings.databases.named)}")


def _archive(
    connection: psycopg.Connection, before: date, directory: Path, *, dry_run: bool, keep: bool
) -> None:
    from rich.console import Console

    from operations.archive.archiver import Archiver
    from operations.archive.catalogue import months_before
    from operations.archive.dropping import forget_left_over
    from operations.archive.files import make_directory
    from operations.archive.view import ArchiveBar, plan, result

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
    with ArchiveBar(sum(month.rows for month in found)) as bar:
        archiver = Archiver(connection, make_directory(directory), keep=keep, advance=bar.add)
        for month in found:
            bar.begin(month)
            console.print(result(archiver.archive(month)), soft_wrap=True)


def _expire(connection: psycopg.Connection, days: int, *, dry_run: bool) -> None:
    from operations.archive.dropping import count_expired_events, delete_expired_events

    events = (count_expired_events if dry_run else delete_expired_events)(connection, days)
    if events:
        print(f"{events:,} audit events older than {days} days{'.' if dry_run else ' deleted.'}")


def history(
    *,
    tenant: TenantOption,
    user: UserOption,
    archive: Annotated[
        Path | None, typer.Option(help="Also from the months that were archived to this directory.")
    ] = None,
    database: Annotated[bool, typer.Option(help="From the database, too; else from files alone.")] = True,
    content: Annotated[str | None, typer.Option(help="Of this item alone: its UUID.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--from", help="Begun then or later, in UTC.", formats=_TIME_FORMATS)
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", help="Begun before then, in UTC.", formats=_TIME_FORMATS)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A line for each session, for programs.")] = False,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """List a person's sessions, newest first."""
    from rich.console import Console

    from operations.archive.history import HistoryQuery, find_sessions
    from operations.archive.retention import RetentionError
    from operations.stores import StoreUnavailableError

    if not database and archive is None:
        raise typer.BadParameter("--no-database leaves nothing to read but what --archive names")
    with explained(RetentionError, StoreUnavailableError, IdentifierError):
        query = HistoryQuery(
            tenant=identifier("tenant", tenant),
            user=identifier("user", user),
            content=None if content is None else identifier("content", content),
            since=None if since is None else since.replace(tzinfo=UTC),
            until=None if until is None else until.replace(tzinfo=UTC),
        )
        dsn = None
        if database:
            dsn = read_settings(ArchiveSettings, data_dir).databases.of(TenantId(query.tenant)).dsn
        found = find_sessions(query, archive, dsn)
    if as_json:
        for session in found:
            print(msgspec.json.encode(session).decode())
        return
    from operations.archive.view import history_table

    Console().print(history_table(found) if found else "No sessions.")
