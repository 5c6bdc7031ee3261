"""Older sessions of items, kept apart from the rows of progress."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0018_older_sessions.sql")
