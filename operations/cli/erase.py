"""`playhead erase`: a person, or a whole organisation, from all stores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Protocol

import typer

from operations.cli.failures import FAILED, explained
from operations.cli.options import (
    DEFAULT_DATA_DIR,
    DataDirOption,
    IdentifierError,
    TenantOption,
    YesOption,
    confirm,
    identifier,
)
from operations.cli.receipts import json_text, write_receipt
from operations.local.running_stack import read_settings
from playhead.http.logs import show_audit_trail
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import EraseSettings

if TYPE_CHECKING:
    from psycopg import Connection

    from operations.erase.receipt import Receipt

What = Literal["person", "organisation"]


class _Eraser(Protocol):
    """Erases a person or an organisation."""

    def preview(self) -> Receipt: ...
    def erase(self) -> Receipt: ...
    def readmit(self, *, force: bool) -> bool: ...


def erase(
    what: Annotated[
        What, typer.Argument(help="`organisation` for all of --tenant.", show_default=False)
    ] = "person",
    *,
    tenant: TenantOption,
    user: Annotated[str | None, typer.Option(help="The person's UUID.", show_default=False)] = None,
    dry_run: Annotated[bool, typer.Option(help="Say what would be removed, and remove nothing.")] = False,
    yes: YesOption = False,
    archive: Annotated[
        list[Path] | None,
        typer.Option(help="A directory of archived months, where it is not the one they were written to."),
    ] = None,
    receipt: Annotated[Path | None, typer.Option(help="Write the receipt here, as JSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the receipt as JSON.")] = False,
    readmit: Annotated[
        bool, typer.Option(help="Lift an erasure: what comes from now on counts again.")
    ] = False,
    force: Annotated[
        bool, typer.Option(help="Lift it though the log may have heartbeats from before the erasure.")
    ] = False,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Remove a person, or an organisation, from Postgres, Redis, Kafka and the archives; print a receipt.

    `playhead erase --tenant ID --user ID` erases a person, `playhead erase
    organisation --tenant ID` all that is held of an organisation.

    Says first what there is, and asks. Heartbeats that arrive later change
    nothing. The ids stay in a list, by which they are known; what Kafka holds of
    heartbeats expires as the receipt says. Exits with 1 where something could
    not be done, such as a file that is not there: run it again then, which is
    always safe.

    --readmit takes the person, or the organisation, off the list. It refuses
    while the topic of heartbeats may hold some from before the erasure: a
    processor that reads the log again, as after a loss of Redis, would count
    them. --force takes that risk.
    """
    from operations.archive.retention import RetentionError, exclusive
    from operations.stores import StoreUnavailableError

    with explained(RetentionError, StoreUnavailableError, IdentifierError):
        _require_user(what, user)
        erased_tenant = TenantId(identifier("tenant", tenant))
        settings = read_settings(EraseSettings, data_dir)
        show_audit_trail()
        directories = [_directory(path) for path in archive or ()]
        with exclusive(settings.databases.of(erased_tenant).dsn, "erase") as connection:
            eraser = _eraser(settings, connection, erased_tenant, user, directories)
            if readmit:
                print("Readmitted." if eraser.readmit(force=force) else f"This {what} was not erased.")
                return
            if not _is_confirmed(eraser, what, dry_run=dry_run, yes=yes, as_json=as_json):
                return
            done = eraser.erase()
    _show(done, as_json=as_json)
    if receipt is not None:
        write_receipt(done, receipt)
    if done.open:
        raise typer.Exit(FAILED)


def _require_user(what: What, user: str | None) -> None:
    if what == "person" and user is None:
        raise typer.BadParameter("name the person", param_hint="--user")
    if what == "organisation" and user is not None:
        raise typer.BadParameter("an organisation is erased with all of its people", param_hint="--user")


def _eraser(
    settings: EraseSettings,
    connection: Connection,
    tenant: TenantId,
    user: str | None,
    directories: list[Path],
) -> _Eraser:
    if user is None:
        from operations.erase.organisation import OrganisationEraser
        from operations.erase.subject import Organisation

        return OrganisationEraser(settings, connection, Organisation(tenant), directories)
    from operations.erase.eraser import Eraser
    from operations.erase.subject import Subject

    return Eraser(settings, connection, Subject(tenant, UserId(identifier("user", user))), directories)


def _is_confirmed(eraser: _Eraser, what: What, *, dry_run: bool, yes: bool, as_json: bool) -> bool:
    """Show what there is, unless `yes`, and ask; whether to go on."""
    if yes and not dry_run:
        return True
    _show(eraser.preview(), as_json=as_json)
    if dry_run:
        return False
    confirm(f"Erase this {what}?", "Nothing was erased")
    return True


def _directory(path: Path) -> Path:
    from operations.archive.retention import ArchiveFileError

    if not path.is_dir():
        raise ArchiveFileError(f"--archive {path} is no directory")
    return path.resolve()


def _show(receipt: Receipt, *, as_json: bool) -> None:
    if as_json:
        print(json_text(receipt))
        return
    from rich.console import Console

    from operations.erase.receipt import table

    console = Console()
    console.print(table(receipt))
    if receipt.open:
        console.print("Not everything could be done. Run the command again when it can.")
    elif receipt.dry_run:
        console.print("Nothing was changed.")
