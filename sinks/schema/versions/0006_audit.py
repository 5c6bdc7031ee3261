"""Who did what that takes a privilege: the audit trail."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0006_audit.sql")
