"""`playhead erase`: a person, from everywhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from operations.cli.failures import FAILED, explained
from operations.cli.options import DEFAULT_DATA_DIR, DataDir
from operations.cli.person import Tenant, User, identifier

if TYPE_CHECKING:
    from operations.erase.erasing import Eraser
    from operations.erase.receipt import Receipt


def erase(
    *,
    tenant: Tenant,
    user: User,
    dry_run: Annotated[bool, typer.Option(help="Say what would be removed, and remove nothing.")] = False,
    yes: Annotated[bool, typer.Option(help="Do not ask.")] = False,
    archive: Annotated[
        list[Path] | None,
        typer.Option(help="A directory of archived months, where it is not the one they were written to."),
    ] = None,
    receipt: Annotated[Path | None, typer.Option(help="Write the receipt here, as JSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the receipt as JSON.")] = False,
    readmit: Annotated[
        bool, typer.Option(help="Lift an erasure: what comes of the person from now on counts again.")
    ] = False,
    force: Annotated[
        bool, typer.Option(help="Lift it though the log may have heartbeats from before the erasure.")
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Remove a person from Postgres, Redis, Kafka and the archived months; print a receipt.

    Says first what there is, and asks. Heartbeats of the person that arrive
    later change nothing. The ids stay in a list, by which they are known; what
    Kafka holds of heartbeats expires as the receipt says. Exits with 1 where
    something could not be done, such as a file that is not there: run it again
    then, which is always safe.

    --readmit takes the person off the list. It refuses while the topic of
    heartbeats may hold some from before the erasure: a processor that reads the
    log again, as after a loss of Redis, would count them. --force takes that
    risk.
    """
    from operations.archive import retention
    from operations.erase.database import Subject
    from operations.erase.erasing import Eraser
    from operations.erase.hot_store import HotErasureError
    from operations.local.running_stack import read_settings
    from playhead.http import logs
    from playhead.progress.identifiers import TenantId, UserId
    from playhead.settings import EraseSettings

    with explained(retention.RetentionError, HotErasureError):
        subject = Subject(TenantId(identifier("tenant", tenant)), UserId(identifier("user", user)))
        settings = read_settings(EraseSettings, data_dir)
        logs.show_audit_trail()
        directories = [_directory(path) for path in archive or ()]
        with retention.alone(settings.postgres_dsn, "erase") as connection:
            eraser = Eraser(settings, connection, subject, directories)
            if readmit:
                _tell_readmitted(eraser.readmit(force=force))
                return
            if not _is_agreed(eraser, dry_run=dry_run, yes=yes, as_json=as_json):
                return
            made = eraser.erase()
    _show(made, as_json=as_json)
    if receipt is not None:
        _write(made, receipt)
    if made.open:
        raise typer.Exit(FAILED)


def _is_agreed(eraser: Eraser, *, dry_run: bool, yes: bool, as_json: bool) -> bool:
    """Show what there is, unless that was not asked for; whether to go on."""
    if yes and not dry_run:
        return True
    _show(eraser.would(), as_json=as_json)
    if dry_run:
        return False
    if not sys.stdin.isatty():
        print("Nothing was erased: without a terminal to ask on, pass --yes.", file=sys.stderr)
        raise typer.Exit(FAILED)
    typer.confirm("Erase this person?", abort=True)
    return True


def _directory(path: Path) -> Path:
    from operations.archive.retention import ArchiveFileError

    if not path.is_dir():
        raise ArchiveFileError(f"--archive {path} is no directory")
    return path.resolve()


def _show(receipt: Receipt, *, as_json: bool) -> None:
    if as_json:
        print(_json(receipt))
        return
    from rich.console import Console

    from operations.erase.receipt_view import table

    console = Console()
    console.print(table(receipt))
    if receipt.open:
        console.print("Not everything could be done. Run the command again when it can.")
    elif receipt.dry_run:
        console.print("Nothing was changed.")


def _write(receipt: Receipt, path: Path) -> None:
    try:
        path.write_text(_json(receipt) + "\n", encoding="utf-8")
    except OSError as error:
        print(f"cannot write the receipt to {path}: {error.strerror}", file=sys.stderr)
        raise typer.Exit(FAILED) from error


def _json(receipt: Receipt) -> str:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(receipt), indent=2).decode()


def _tell_readmitted(was_erased: bool) -> None:  # noqa: FBT001 - what readmit told
    print("Readmitted." if was_erased else "This person was not erased.")
