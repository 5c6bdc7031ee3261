"""Requirements kept for each person and item, former people, and a person's figures over the curriculum."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0009_requirements.sql")
