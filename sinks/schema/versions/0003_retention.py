"""Who was erased, and which months of sessions were archived."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0003_retention.sql")
