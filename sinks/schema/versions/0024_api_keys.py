"""API keys of servers."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0024_api_keys.sql")
