"""What an organisation sets for itself: its time zone, its policy, and who needs support."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0011_organisation_settings.sql")
