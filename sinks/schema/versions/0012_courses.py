"""The parts of courses, and of each row of a course what it was derived from."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0012_courses.sql")
