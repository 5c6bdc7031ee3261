"""Which organisations were erased."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0021_erased_tenants.sql")
