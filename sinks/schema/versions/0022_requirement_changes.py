"""An index by which the sink finds the requirement changes of an organisation that have waited longest."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0022_requirement_changes.sql")
