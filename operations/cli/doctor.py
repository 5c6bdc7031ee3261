from __future__ import annotations

from typing import Annotated

import typer

from operations.cli.options import DEFAULT_DATA_DIR, DataDir


def doctor(
    data_dir: DataDir = DEFAULT_DATA_DIR,
    port: Annotated[int, typer.Option(help="That `playhead up` would take.", min=0, max=65535)] = 8080,
) -> None:
    """Check what the local stack needs, and how a running one fares; tell the way out of what is wrong."""
    from rich.console import Console
    from rich.text import Text

    from operations.local.checks import every_check

    console = Console(highlight=False, soft_wrap=True)
    healthy = True
    for check in every_check(data_dir, port):
        healthy = healthy and check.ok
        mark = ("ok   ", "green") if check.ok else ("wrong", "red")
        console.print(Text.assemble(mark, f" {check.name}: {check.told}"))
    if not healthy:
        raise typer.Exit(1)
