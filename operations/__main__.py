"""`python -m operations`: the same as the `playhead` command."""

from operations.cli.main import app

app()
