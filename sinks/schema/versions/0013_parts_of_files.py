"""The pages of a document, and items that are a part of a file."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0013_parts_of_files.sql")
