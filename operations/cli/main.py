"""The `playhead` command. Each command is a function in a module of its own, registered here."""

from __future__ import annotations

from importlib.metadata import version as version_of
from typing import Annotated

import typer

from operations.cli import (
    archive,
    audit,
    dead_letters,
    doctor,
    erase,
    export,
    history,
    import_directory,
    migrate,
    replay,
    services,
    settings_table,
    simulate,
    status,
    token,
    up,
)
from operations.cli.crashes import Application

app = Application(
    name="playhead",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # they hold tokens and passwords
)

for command in (
    up.up,
    services.ingest,
    services.process,
    services.sink,
    services.query,
    migrate.migrate,
    token.token,
    simulate.simulate,
    replay.replay,
    status.status,
    audit.audit,
    archive.archive,
    history.history,
    export.export,
    erase.erase,
    settings_table.settings,
    doctor.doctor,
):
    app.command()(command)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - Typer's own way to call it
    if wanted:
        print(f"playhead {version_of('playhead')}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Progress for every video, document and course."""


app.add_typer(import_directory.app, name="import")
app.add_typer(dead_letters.app, name="dead-letters")
