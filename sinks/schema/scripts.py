"""Runs the SQL file of a revision."""

from __future__ import annotations

from importlib.resources import files

import psycopg
from alembic import op

from sinks.schema.errors import MigrationError


def execute(name: str) -> None:
    """Run all statements of a file in `versions/`, within the migration's transaction."""
    script = files("sinks.schema").joinpath("versions", name).read_text(encoding="utf-8")
    connection = op.get_bind().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise MigrationError(f"migrations run over psycopg, not {type(connection).__name__}")
    # Not through SQLAlchemy, which would read `:name` as a parameter and take one statement at a time.
    connection.execute(script.encode())
