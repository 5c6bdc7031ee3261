"""`playhead import directory FILE.csv`: items, people, teams and what is required, from one file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from operations.cli.failures import FAILED, explained
from operations.cli.options import (
    AUDIENCE_TENANT,
    DEFAULT_DATA_DIR,
    ApiOption,
    DataDirOption,
    development_token,
)
from operations.local.running_stack import gateway_url, read_settings
from playhead.settings import TokenSettings

if TYPE_CHECKING:
    from operations.directory import DirectoryCalls
    from query_api.directory.answers import DirectoryImport

REJECTIONS_SHOWN = 100

app = typer.Typer(help="Bring data in.", no_args_is_help=True)


@app.callback()
def bring_in() -> None:
    """Bring data in."""


@app.command()
def directory(
    file: Annotated[Path, typer.Argument(help="CSV with a column `kind`.", exists=True, dir_okay=False)],
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, change nothing.")] = False,
    url: ApiOption = None,
    token: Annotated[
        str | None,
        typer.Option(
            envvar="PLAYHEAD_TOKEN",
            help="An administrator's; in development one is minted where it is absent.",
        ),
    ] = None,
    tenant: Annotated[UUID, typer.Option(help="For a minted token: the tenant's UUID.")] = AUDIENCE_TENANT,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Store the rows of a CSV file in the directory; those that are wrong are named, the others count.

    The column `kind` says what a row is: content, part, person, team, member or assignment. The others are
    named as the fields of `PUT /api/directory/…`, see docs/examples/directory.csv. The order of rows does not
    matter.
    """
    from operations.directory import DirectoryCallError, DirectoryCalls
    from playhead.identity import MintingRefusedError

    with (
        explained(DirectoryCallError, MintingRefusedError),
        DirectoryCalls(url or gateway_url(data_dir), token or _minted(tenant, data_dir)) as calls,
    ):
        outcome = _upload(calls, file, dry_run=dry_run)
    _print(outcome)
    if outcome.rejected:
        raise typer.Exit(FAILED)


def _minted(tenant: UUID, data_dir: Path) -> str:
    return development_token(read_settings(TokenSettings, data_dir), tenant, UUID(int=0), ["admin"])


def _upload(calls: DirectoryCalls, file: Path, *, dry_run: bool) -> DirectoryImport:
    from rich.console import Console

    with Console(stderr=True).status(f"{'checking' if dry_run else 'importing'} {file.name}"):
        return calls.upload(file.read_bytes(), dry_run=dry_run)


def _print(outcome: DirectoryImport) -> None:
    for each in outcome.rejected[:REJECTIONS_SHOWN]:
        column = "" if each.column is None else f", column {each.column}"
        print(f"line {each.line}{column}: {each.reason}", file=sys.stderr)
    if len(outcome.rejected) > REJECTIONS_SHOWN:
        print(f"and {len(outcome.rejected) - REJECTIONS_SHOWN} more", file=sys.stderr)
    stored, unchanged, removed = (
        sum(getattr(each, count) for each in outcome.kinds) for count in ("upserted", "unchanged", "removed")
    )
    rejected = len({each.line for each in outcome.rejected})
    print(
        f"{'dry run, nothing was changed: ' if outcome.dry_run else ''}{stored} stored, "
        f"{unchanged} unchanged, {removed} removed, {rejected} rejected"
    )
