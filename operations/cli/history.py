"""`playhead history`: what somebody did and when, archived months included."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from operations.cli.failures import explained
from operations.cli.options import DEFAULT_DATA_DIR, DataDir
from operations.cli.person import Tenant, User, identifier

if TYPE_CHECKING:
    from rich.table import Table

    from operations.archive.history import Past, Wanted

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


def history(
    *,
    tenant: Tenant,
    user: User,
    archive: Annotated[
        Path | None, typer.Option(help="Also from the months that were archived to this directory.")
    ] = None,
    database: Annotated[bool, typer.Option(help="From the database, too; else from files alone.")] = True,
    content: Annotated[str | None, typer.Option(help="Of this item alone: its UUID.")] = None,
    since: Annotated[
        datetime | None, typer.Option("--from", help="Begun then or later, in UTC.", formats=_FORMATS)
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", help="Begun before then, in UTC.", formats=_FORMATS)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A line for each session, for programs.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """List a person's sessions, newest first."""
    import msgspec

    from operations.archive.history import Wanted
    from operations.archive.retention import RetentionError

    if not database and archive is None:
        raise typer.BadParameter("--no-database leaves nothing to read but what --archive names")
    with explained(RetentionError):
        wanted = Wanted(
            tenant=identifier("tenant", tenant),
            user=identifier("user", user),
            content=None if content is None else identifier("content", content),
            since=None if since is None else since.replace(tzinfo=UTC),
            until=None if until is None else until.replace(tzinfo=UTC),
        )
        found = _found(wanted, archive, data_dir if database else None)
    if as_json:
        for past in found:
            print(msgspec.json.encode(past).decode())
    else:
        from rich.console import Console

        Console().print(_table(found) if found else "No sessions.")


def _found(wanted: Wanted, archive: Path | None, data_dir: Path | None) -> list[Past]:
    from operations.archive.history import in_archive, in_database, in_order

    archived = [] if archive is None else list(in_archive(archive, wanted))
    if data_dir is None:
        return in_order(archived)
    from operations.archive.retention import store_errors
    from operations.local.running_stack import read_settings
    from playhead.postgres import connect
    from playhead.settings import ArchiveSettings

    settings = read_settings(ArchiveSettings, data_dir)
    utc = {"TimeZone": "UTC"}
    with store_errors(), connect(settings.postgres_dsn, "playhead-history", settings=utc) as connection:
        return in_order(archived, in_database(connection, wanted))


def _table(found: list[Past]) -> Table:
    from rich.table import Table

    table = Table()
    for heading in ("began (UTC)", "item", "watched", "of the item", "reached", "from"):
        table.add_column(heading, overflow="fold")  # on a narrow terminal, nothing of an id is lost
    for past in found:
        table.add_row(
            f"{past.started_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
            past.content_id,
            _duration(past.watch_time_seconds),
            ", ".join(f"{_duration(start)}-{_duration(end)}" for start, end in past.watched_segments),
            _reached(past),
            past.source,
        )
    return table


def _reached(past: Past) -> str:
    if past.last_position_seconds is not None:
        return _duration(past.last_position_seconds) + (", the end" if past.ended else "")
    return "" if past.scroll_position is None else f"{past.scroll_position:.0%}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
