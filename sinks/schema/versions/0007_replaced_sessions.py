"""Indexes by which the sink finds the rows that a session replaces, however many sessions a person has."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0007_replaced_sessions.sql")
