"""Attempts begin by themselves: completions expire, and items have editions."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0020_renewals.sql")
