"""Runs the SQL file of a revision."""

from __future__ import annotations

from importlib.resources import files

import psycopg
from alembic import op

from playhead.postgres.server import RETURNS_OLD_VALUES
from sinks.schema.errors import MigrationError

_BEFORE_18 = (
    ("DEFAULT uuidv7()", "DEFAULT gen_random_uuid()"),  # no service leaves it out
    (") VIRTUAL", ") STORED"),
)
"""What only 18 has, in revisions that were written for it, and what does the same."""


def for_server(script: str, version: int) -> str:
    """The SQL of a revision as a server of this version understands it."""
    if version < RETURNS_OLD_VALUES:
        for newer, older in _BEFORE_18:
            script = script.replace(newer, older)
    return script


def execute(name: str) -> None:
    """Run all statements of a file in `versions/`, within the migration's transaction."""
    script = files("sinks.schema").joinpath("versions", name).read_text(encoding="utf-8")
    connection = op.get_bind().connection.driver_connection
    if not isinstance(connection, psycopg.Connection):
        raise MigrationError(f"migrations run over psycopg, not {type(connection).__name__}")
    # Not through SQLAlchemy, which would read `:name` as a parameter and take one statement at a time.
    connection.execute(for_server(script, connection.info.server_version).encode())
