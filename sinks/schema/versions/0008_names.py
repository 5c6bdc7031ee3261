"""Names and titles are sorted and found without case and accents."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0008_names.sql")
