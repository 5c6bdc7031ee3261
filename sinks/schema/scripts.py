"""What a revision is made of: hand-written SQL in a file beside it."""

from __future__ import annotations

from importlib.resources import files

import psycopg
from alembic import op

from sinks.schema.errors import MigrationError


def execute(name: str) -> None:
    """Run a file of `versions/`, as many statements as it has, within the migration's transaction."""
    script = files("sinks.schema").joinpath("versions", name).read_text(encoding="utf-8")
    connection = op.get_bind().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise MigrationError(f"migrations run over psycopg, not {type(connection).__name__}")
    # Not through SQLAlchemy, which would read `:name` as a parameter and take one statement at a time.
    connection.execute(script.encode())
