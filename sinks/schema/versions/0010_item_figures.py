"""Items in figures of those of whom they are required; former people apart."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0010_item_figures.sql")
