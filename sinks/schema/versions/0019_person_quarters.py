"""Watch time belongs to the quarter of an hour, and thereby to the day, on which it was spent."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0019_person_quarters.sql")
