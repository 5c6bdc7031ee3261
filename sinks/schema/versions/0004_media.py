"""Where the file of an item is."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0004_media.sql")
