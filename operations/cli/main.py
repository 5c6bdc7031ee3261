"""The `playhead` command, with which every command is registered in the order of its help."""

from __future__ import annotations

from importlib.metadata import version as version_of
from typing import Annotated

import typer

from operations.cli import (
    archive,
    dead_letters,
    deployment,
    erase,
    export,
    keys,
    local_stack,
    merge,
    services,
    simulate,
    status,
)
from operations.cli.failures import Application
from operations.cli.imports import directory, progress
from operations.cli.log import rebase, repartition

app = Application(
    name="playhead",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # they hold tokens and passwords
)

for command in (
    local_stack.up,
    services.ingest,
    services.process,
    services.sink,
    services.query,
    deployment.migrate,
    deployment.check,
    local_stack.token,
    simulate.simulate,
    simulate.replay,
    status.status,
    status.audit,
    archive.archive,
    archive.history,
    export.export,
    erase.erase,
    repartition.repartition,
    rebase.rebase,
    deployment.settings,
    local_stack.doctor,
):
    app.command()(command)


@app.callback(invoke_without_command=True)
def root(
    *,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> None:
    """Progress for every video, document and course."""
    if version:
        print(f"playhead {version_of('playhead')}")
        raise typer.Exit


directory.app.command()(progress.progress)
app.add_typer(directory.app, name="import")
app.add_typer(merge.app, name="merge")
app.add_typer(keys.app, name="keys")
app.add_typer(dead_letters.app, name="dead-letters")
