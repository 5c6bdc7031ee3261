"""`playhead import directory FILE.csv`: items, people, teams and what is required, from one file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from operations.cli.failures import FAILED, explained
from operations.cli.options import DEFAULT_DATA_DIR, DataDir
from operations.cli.token import AUDIENCE_TENANT

if TYPE_CHECKING:
    from operations.directory.calls import DirectoryCalls
    from operations.directory.file import DirectoryFile
    from operations.directory.importing import Outcome

FAULTS_SHOWN = 100

app = typer.Typer(help="Bring data in.", no_args_is_help=True)


@app.callback()
def bring_in() -> None:
    """Bring data in."""


@app.command()
def directory(
    file: Annotated[Path, typer.Argument(help="CSV with a column `kind`.", exists=True, dir_okay=False)],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, change nothing.")] = False,
    url: Annotated[str | None, typer.Option(help="The API; default: the stack on this machine.")] = None,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="PLAYHEAD_TOKEN",
            help="An administrator's; in development one is minted where it is absent.",
        ),
    ] = None,
    tenant: Annotated[UUID, typer.Option(help="For a minted token: the tenant's UUID.")] = AUDIENCE_TENANT,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Store the rows of a CSV file in the directory; those that are wrong are named, the others count.

    The column `kind` says what a row is: content, person, team, member or assignment. The others are named as
    the fields of `PUT /api/directory/…`, see docs/examples/directory.csv. The order of rows does not matter.
    """
    from operations.directory.calls import DirectoryCallError, DirectoryCalls
    from operations.directory.file import DirectoryFileError, read_file
    from operations.local.running_stack import gateway_url
    from playhead.identity import MintingRefusedError

    with explained(DirectoryFileError, DirectoryCallError, MintingRefusedError):
        found = read_file(file.read_bytes())
        with DirectoryCalls(url or gateway_url(data_dir), token or _minted(tenant, data_dir)) as calls:
            outcome = _send(found, calls, file.name, dry_run=dry_run)
    _tell(outcome, dry_run=dry_run)
    if outcome.faults:
        raise typer.Exit(FAILED)


def _minted(tenant: UUID, data_dir: Path) -> str:
    from operations.local.running_stack import read_settings
    from playhead.identity import mint_development_token
    from playhead.progress.identifiers import TenantId, UserId
    from playhead.settings import TokenSettings

    settings = read_settings(TokenSettings, data_dir)
    return mint_development_token(settings, TenantId(str(tenant)), UserId(str(UUID(int=0))), ("admin",))


def _send(found: DirectoryFile, calls: DirectoryCalls, name: str, *, dry_run: bool) -> Outcome:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from operations.directory.importing import send

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"{'checking' if dry_run else 'importing'} {name}", total=found.size)
        return send(found, calls, dry_run=dry_run, advance=lambda rows: progress.advance(task, rows))


def _tell(outcome: Outcome, *, dry_run: bool) -> None:
    for fault in outcome.faults[:FAULTS_SHOWN]:
        print(fault, file=sys.stderr)
    if len(outcome.faults) > FAULTS_SHOWN:
        print(f"and {len(outcome.faults) - FAULTS_SHOWN} more", file=sys.stderr)
    print(
        f"{'dry run, nothing was changed: ' if dry_run else ''}{outcome.upserted} stored, "
        f"{outcome.unchanged} unchanged, {outcome.removed} removed, {outcome.rejected} rejected"
    )
