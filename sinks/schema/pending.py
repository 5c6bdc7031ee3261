"""The revisions that the databases lack."""

from __future__ import annotations

from importlib.resources import as_file, files

import psycopg
from alembic.config import Config
from alembic.script import ScriptDirectory

from playhead.settings import Addresses, MigrateSettings
from sinks.schema.run import connect

_TABLE = "SELECT to_regclass('progress.alembic_version') IS NOT NULL"
_VERSIONS = "SELECT version_num FROM progress.alembic_version"


def pending(settings: MigrateSettings) -> list[str]:
    """One sentence for each missing revision, oldest first; empty if the schema is up to date.

    Raises:
        MigrationError: PostgreSQL is away, or too old.
    """
    several = len(settings.databases.named) > 1
    return [
        f"of database {name}: {each}" if several else each
        for name, database in settings.databases.named.items()
        for each in _pending(database)
    ]


def _pending(database: Addresses) -> list[str]:
    with connect(database) as connection:
        applied = _applied(connection)
    with as_file(files("sinks.schema")) as scripts:
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        known = [(each.revision, each.doc) for each in ScriptDirectory.from_config(config).walk_revisions()][
            ::-1
        ]
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
