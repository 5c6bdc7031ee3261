"""The revisions that the databases lack."""

from __future__ import annotations

import psycopg
from alembic.script import ScriptDirectory

from playhead.settings import Addresses, MigrateSettings
from sinks.schema.run import alembic_config, connect, of_each_database

_TABLE = "SELECT to_regclass('progress.alembic_version') IS NOT NULL"
_VERSIONS = "SELECT version_num FROM progress.alembic_version"


def pending(settings: MigrateSettings) -> list[str]:
    """One sentence for each missing revision, oldest first; empty if the schema is up to date.

    Raises:
        MigrationError: PostgreSQL is away, or too old.
    """
    return of_each_database(settings, _pending)


def _pending(database: Addresses) -> list[str]:
    with connect(database) as connection:
        applied = _applied(connection)
    with alembic_config() as config:
        found = ScriptDirectory.from_config(config).walk_revisions()
        known = [(each.revision, each.doc) for each in found][::-1]
    names = [revision for revision, _ in known]
    if applied is not None and applied not in names:
        return [f"revision {applied} is of a later release than this one, which knows {names[-1]}"]
    after = 0 if applied is None else names.index(applied) + 1
    return [f"revision {revision} is missing: {title}" for revision, title in known[after:]]


def _applied(connection: psycopg.Connection) -> str | None:
    if connection.execute(_TABLE).fetchone() != (True,):
        return None
    row = connection.execute(_VERSIONS).fetchone()
    return None if row is None else str(row[0])
