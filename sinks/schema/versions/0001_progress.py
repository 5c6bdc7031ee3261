"""Progress, sessions, summaries, dismissals; positions and the ledger."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0001_progress.sql")
