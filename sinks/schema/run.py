"""Migrates the schema: roles and the missing revisions in one transaction, then new columns and indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationInfo
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine

from playhead import postgres
from playhead.causes import cause_of
from playhead.settings import Addresses, MigrateSettings
from sinks.schema.errors import (
    LaterSchemaError,
    MigrationError,
    PostgresUnreachableError,
    PostgresUnsuitableError,
)
from sinks.schema.filling import fill
from sinks.schema.indexes import build
from sinks.schema.locks import LOCK_MS, retrying
from sinks.schema.roles import READER, WRITER, ensure_roles

_TABLE = "SELECT to_regclass('progress.alembic_version') IS NOT NULL"
_VERSIONS = "SELECT version_num FROM progress.alembic_version"


def migrate(settings: MigrateSettings) -> list[str]:
    """Apply the missing revisions to every database; return them, oldest first, as `revision: title`.

    Indexes that are built outside of the transaction follow, as `index name: …`.

    Safe to run any number of times, even concurrently: an advisory lock admits one at a time.

    Raises:
        MigrationError: see `errors`; the schema is unchanged.
    """
    return of_each_database(settings, _migrate)


def of_each_database(settings: MigrateSettings, lines: Callable[[Addresses], list[str]]) -> list[str]:
    """The lines of every database; they begin with its name where there are several."""
    several = len(settings.databases.named) > 1
    return [
        f"of database {name}: {line}" if several else line
        for name, database in settings.databases.named.items()
        for line in lines(database)
    ]


def _migrate(database: Addresses) -> list[str]:
    applied = retrying(lambda: _apply(database), lambda: connect(database))
    with connect(database) as filling:
        filling.autocommit = True
        fill(filling)
        built = [f"index {name}: built beside reads and writes" for name in build(filling)]
    return applied + built


def _apply(database: Addresses) -> list[str]:
    applied: list[str] = []
    engine = create_engine("postgresql+psycopg://", creator=lambda: connect(database), poolclass=NullPool)
    with engine.begin() as connection:
        driver = connection.connection.driver_connection
        if not isinstance(driver, psycopg.Connection):
            raise MigrationError(f"migrations run over psycopg, not {type(driver).__name__}")
        driver.execute("SELECT pg_advisory_xact_lock(hashtext('playhead migrate'))")
        driver.execute(f"SET LOCAL lock_timeout = '{LOCK_MS}ms'")
        _refuse_later(driver)
        driver.execute("CREATE SCHEMA IF NOT EXISTS progress")
        ensure_roles(driver, (database.dsn, database.reader_dsn))
        _upgrade(connection, applied)
        driver.execute(f"GRANT SELECT ON progress.alembic_version TO {WRITER}, {READER}")  # to require it
    return applied


def connect(database: Addresses) -> psycopg.Connection:
    """A connection as the administrator.

    Raises:
        MigrationError: PostgreSQL is away, too old, or its database not in UTF-8.
    """
    try:
        return postgres.connect(
            database.admin_dsn, "playhead-migrate", "PLAYHEAD_POSTGRES_ADMIN_DSN", autocommit=False
        )
    except postgres.UnsupportedServerError as error:
        raise PostgresUnsuitableError(str(error)) from error
    except psycopg.OperationalError as error:
        raise PostgresUnreachableError(
            f"cannot connect to PostgreSQL to migrate (PLAYHEAD_POSTGRES_ADMIN_DSN): {cause_of(error)}"
        ) from error


def applied_revision(connection: psycopg.Connection) -> str | None:
    """The revision of the schema; None where there is none."""
    if connection.execute(_TABLE).fetchone() != (True,):
        return None
    row = connection.execute(_VERSIONS).fetchone()
    return None if row is None else str(row[0])


def known_revisions() -> list[tuple[str, str]]:
    """Number and title of each revision of this release, oldest first."""
    with alembic_config() as config:
        found = ScriptDirectory.from_config(config).walk_revisions()
        return [(each.revision, each.doc) for each in found][::-1]


def _refuse_later(connection: psycopg.Connection) -> None:
    applied, numbers = applied_revision(connection), [number for number, _ in known_revisions()]
    if applied is not None and applied not in numbers:
        raise LaterSchemaError(applied, numbers[-1])


@contextmanager
def alembic_config() -> Iterator[Config]:
    """Alembic's configuration, by which it finds the revisions."""
    with as_file(files("sinks.schema")) as scripts:
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        yield config


def _upgrade(connection: Connection, applied: list[str]) -> None:
    def note(*, step: MigrationInfo, **_: object) -> None:
        revisions = (each for each in step.up_revisions if isinstance(each, Script))
        applied.extend(f"{each.revision}: {each.doc}" for each in revisions)

    with alembic_config() as config:
        config.attributes |= {"connection": connection, "on_version_apply": note}
        command.upgrade(config, "head")
