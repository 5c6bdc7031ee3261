"""What is stored is derived again from progress of the second version."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0014_state_version_2.sql")
