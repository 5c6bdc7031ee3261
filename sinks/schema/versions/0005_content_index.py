"""An index that finds one person's row of an item as well as all of them."""

from __future__ import annotations

from sinks.schema.scripts import execute

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Run the statements beside this file."""
    execute("0005_content_index.sql")
