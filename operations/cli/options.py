"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DEFAULT_DATA_DIR = Path(".playhead")

DataDir = Annotated[
    Path,
    typer.Option(
        "--data-dir",
        envvar="PLAYHEAD_DATA_DIR",
        help="Where the local stack keeps its data, and tells other commands its addresses.",
        file_okay=False,
    ),
]
