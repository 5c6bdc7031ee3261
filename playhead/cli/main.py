"""The `playhead` command. Each command is a function in a module of its own, registered here."""

from __future__ import annotations

import typer

from playhead.cli import (
    archive,
    audit,
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

app = typer.Typer(
    name="playhead",
    help="Progress for every video, document and course.",
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
    services.gateway,
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
app.add_typer(import_directory.app, name="import")
