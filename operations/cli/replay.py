"""`playhead replay FILE`: recorded heartbeats through the HTTP API once more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from operations.cli.failures import explained
from operations.cli.options import DEFAULT_DATA_DIR, DataDir


def replay(
    file: Annotated[
        Path, typer.Argument(help="JSON lines, as `simulate --record` writes them.", exists=True)
    ],
    *,
    in_time: Annotated[
        bool, typer.Option(help="At the pace of the recording, not as fast as it goes.")
    ] = False,
    url: Annotated[str | None, typer.Option(help="The API; default: the stack on this machine.")] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Send recorded heartbeats again: with the same ids and times, so that nothing is counted twice."""
    from operations.demo.audience.message import from_lines
    from operations.demo.sending import SendingError, deliver

    with explained(SendingError), file.open("rb") as lines:
        try:
            total = sum(len(message.heartbeats) for message in from_lines(lines))
        except ValueError as error:
            raise SendingError(f"{file}, {error}") from error
        lines.seek(0)
        deliver(
            from_lines(lines),
            url=url,
            data_dir=data_dir,
            pace=(lambda message: message.due_s) if in_time else None,
            total=total,
            record=None,
            title=f"replaying {file.name}",
        )
