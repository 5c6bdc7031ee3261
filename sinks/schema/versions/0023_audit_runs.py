"""When the last audit ended."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0023_audit_runs.sql")
