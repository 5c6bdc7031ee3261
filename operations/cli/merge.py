"""`playhead merge people`: two accounts of one person become one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from operations.cli.failures import explained
from operations.cli.options import (
    DEFAULT_DATA_DIR,
    DataDirOption,
    IdentifierError,
    TenantOption,
    YesOption,
    confirm,
    identifier,
    say,
)
from operations.cli.receipts import json_text, write_receipt
from operations.local.running_stack import read_settings
from playhead.http.logs import show_audit_trail
from playhead.progress.identifiers import TenantId, UserId
from playhead.settings import MergeSettings

if TYPE_CHECKING:
    from operations.merge.merger import Merger
    from operations.merge.receipt import MergeReceipt

app = typer.Typer(help="Merge what is two and should be one.", no_args_is_help=True)


@app.callback()
def merge() -> None:
    """Merge what is two and should be one."""


@app.command()
def people(
    source: Annotated[str, typer.Argument(metavar="FROM", help="The UUID of the account that ends.")],
    into: Annotated[str, typer.Argument(metavar="INTO", help="The UUID of the account that stays.")],
    *,
    tenant: TenantOption,
    dry_run: Annotated[bool, typer.Option(help="Say what would be added, and change nothing.")] = False,
    yes: YesOption = False,
    receipt: Annotated[Path | None, typer.Option(help="Write the receipt here, as JSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the receipt as JSON.")] = False,
    wait: Annotated[
        float, typer.Option(help="Seconds that processor and sink may take to store what is published.")
    ] = 300.0,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Add the progress of FROM to INTO, once, and take FROM for INTO ever after.

    Says first what there is, and asks. The services must run: a processor and a
    sink add the progress. Teams, assignments and dismissals of FROM become
    INTO's; FROM's rows are deleted. Whoever signs in as FROM then acts as INTO.

    Every step may be repeated: after a failure, run the command again, which
    continues. Running it again later adds what has arrived of FROM since, and
    otherwise changes nothing. A merge cannot be undone.
    """
    from operations.archive.retention import RetentionError, exclusive
    from operations.merge.errors import MergeError
    from operations.merge.merger import Merger
    from operations.merge.people import Pair
    from operations.stores import StoreUnavailableError
    from playhead.kafka.errors import PublishError

    with explained(RetentionError, MergeError, StoreUnavailableError, PublishError, IdentifierError):
        pair = Pair(
            TenantId(identifier("tenant", tenant)),
            UserId(_person("FROM", source)),
            UserId(_person("INTO", into)),
        )
        settings = read_settings(MergeSettings, data_dir)
        show_audit_trail()
        with exclusive(settings.databases.of(pair.tenant).dsn, "merge") as connection:
            merger = Merger(settings, connection, pair, wait, say)
            if not _is_confirmed(merger, dry_run=dry_run, yes=yes, as_json=as_json):
                return
            done = merger.merge()
    _show(done, as_json=as_json)
    if receipt is not None:
        write_receipt(done, receipt)


def _person(name: str, text: str) -> str:
    try:
        return identifier(name, text)
    except IdentifierError as error:
        raise IdentifierError(f"{name} {text!r} is no UUID") from error


def _is_confirmed(merger: Merger, *, dry_run: bool, yes: bool, as_json: bool) -> bool:
    """Show what there is, unless `yes`, and ask; whether to go on."""
    if yes and not dry_run:
        return True
    _show(merger.preview(), as_json=as_json)
    if dry_run:
        return False
    confirm("Merge these two people? It cannot be undone.", "Nothing was merged")
    return True


def _show(receipt: MergeReceipt, *, as_json: bool) -> None:
    if as_json:
        print(json_text(receipt))
        return
    from rich.console import Console

    from operations.merge.receipt import table

    console = Console()
    console.print(table(receipt))
    if receipt.dry_run:
        console.print("Nothing was changed.")
