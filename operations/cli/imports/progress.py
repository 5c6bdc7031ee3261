"""`playhead import progress FILE.csv`: progress that people made elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from operations.cli.failures import FAILED, explained
from operations.cli.options import (
    DEFAULT_DATA_DIR,
    DataDirOption,
    IdentifierError,
    TenantOption,
    identifier,
)
from operations.cli.receipts import json_text, write_receipt
from operations.local.running_stack import read_settings
from playhead.http.logs import show_audit_trail
from playhead.progress.identifiers import TenantId

if TYPE_CHECKING:
    from operations.imports.importer import ProgressReceipt

REFUSALS_SHOWN = 100


def progress(
    file: Annotated[Path, typer.Argument(help="CSV, see below.", exists=True, dir_okay=False)],
    *,
    tenant: TenantOption,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, change nothing.")] = False,
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds to wait until the processor has applied it; 0: do not.")
    ] = 60.0,
    receipt: Annotated[Path | None, typer.Option(help="Write the receipt here, as JSON.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the receipt as JSON.")] = False,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Take over progress from another system; importing a file twice changes nothing.

    The columns are userId, contentId, completedAt, progressPercentage,
    lastViewedAt and watchTimeSeconds. A row needs completedAt or
    progressPercentage. A time is RFC 3339 with an offset, or a date, which is
    the end of that day in the organisation's time zone. A completion keeps its
    date, however old; it is shown as imported, and is in no session.

    Rows that are wrong, or of people and items that the directory does not
    have, are named and not imported; the others are. Exits with 1 then. It
    needs access to Kafka, Redis and Postgres, not a token.
    """
    from operations.imports.importer import ProgressImport, wait_until_applied
    from operations.status.partitions import StatusSettings
    from operations.stores import StoreUnavailableError, postgres
    from playhead.http.problems import Problem
    from playhead.kafka.errors import PublishError

    with explained(Problem, IdentifierError, StoreUnavailableError, PublishError):
        organisation = TenantId(identifier("tenant", tenant))
        settings = read_settings(StatusSettings, data_dir)
        show_audit_trail()
        with postgres(settings.databases.of(organisation).dsn, "import") as connection:
            importing = ProgressImport(settings, connection, organisation)
            raw = file.read_bytes()
            done = importing.check(raw)[0] if dry_run else importing.run(raw)
        if wait and done.published and not dry_run:
            done.applied = wait_until_applied(settings, wait)
    _show(done, as_json=as_json)
    if receipt is not None:
        write_receipt(done, receipt)
    if done.refused or done.applied is False:
        raise typer.Exit(FAILED)


def _show(receipt: ProgressReceipt, *, as_json: bool) -> None:
    if as_json:
        print(json_text(receipt))
        return
    for each in receipt.refused[:REFUSALS_SHOWN]:
        column = "" if each.column is None else f", column {each.column}"
        print(f"line {each.line}{column}: {each.reason}", file=sys.stderr)
    if len(receipt.refused) > REFUSALS_SHOWN:
        print(f"and {len(receipt.refused) - REFUSALS_SHOWN} more", file=sys.stderr)
    print(
        f"{'dry run, nothing was changed: ' if receipt.dry_run else ''}import {receipt.import_id}: "
        f"{receipt.published} rows of {receipt.people} people and {receipt.items} items, "
        f"{receipt.repeated} repeated, {len(receipt.refused)} refused"
    )
    if receipt.applied:
        print("The processor has applied all of it.")
    elif receipt.published and not receipt.dry_run:
        print("The processor may not have applied all of it yet: `playhead status` shows when it has.")
