"""`playhead export organisation`: everything that is held of a tenant, as files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import typer

from operations.cli.failures import FAILED, explained
from operations.local.running_stack import read_settings
from playhead.http.logs import show_audit_trail
from playhead.progress.identifiers import TenantId
from playhead.settings import EraseSettings

ORGANISATION = "organisation"


def export_organisation(
    tenant: UUID, out: Path | None, data_dir: Path, *, dry_run: bool, archives: Sequence[Path]
) -> None:
    """Write the files, or say what they would hold, and print the receipt as a table."""
    from rich.console import Console
    from rich.table import Table

    from operations.archive.retention import RetentionError, exclusive
    from operations.stores import StoreUnavailableError
    from operations.tenants.leaving import OrganisationExport

    with explained(RetentionError, StoreUnavailableError):
        settings = read_settings(EraseSettings, data_dir)
        show_audit_trail()
        directory = out or Path(f"organisation-{tenant}")
        organisation = TenantId(str(tenant))
        with exclusive(settings.databases.of(organisation).dsn, "export") as connection:
            export = OrganisationExport(connection, organisation, archives)
            receipt = export.preview() if dry_run else export.write(directory)
    shown = Table(
        title=f"organisation {tenant}" + ("" if dry_run else f", in {directory}"), title_style="dim"
    )
    for heading in ("what", "rows"):
        shown.add_column(heading, overflow="fold")
    for name, rows in receipt.tables.items():
        shown.add_row(f"Postgres {name}", f"{rows:,}")
    for file in receipt.files:
        if file.name.endswith(".parquet"):
            shown.add_row(f"archived {file.name}", f"{file.rows:,}")
    for note in receipt.open:
        shown.add_row("[red]open[/]", note)
    console = Console()
    console.print(shown)
    if dry_run:
        console.print("Nothing was written.")
    if receipt.open:
        console.print("Not everything could be read. Run the command again when it can.")
        raise typer.Exit(FAILED)
