"""The directory; counters by item and by day; what a row was derived under, and items to derive anew."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0002_organisation.sql")
