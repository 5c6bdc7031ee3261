"""Which servers and which schema this release works with."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import AsyncConnection, Connection, OperationalError

OLDEST_SERVER = 16_00_00
RETURNS_OLD_VALUES = 18_00_00
"""Servers from this one on have `RETURNING WITH (OLD, NEW)`, virtual columns and `uuidv7()`."""
SCHEMA = "0024"
"""The newest migration, which this release needs; a later one may be there."""
_VERSION = "SELECT version_num FROM progress.alembic_version"
_NO_VERSION = (
    psycopg.errors.InvalidSchemaName,
    psycopg.errors.UndefinedTable,
    psycopg.errors.InsufficientPrivilege,  # an earlier `playhead migrate` did not grant it
)


class UnsupportedServerError(OperationalError):
    """The server or its schema is too old: an operator resolves it, and meanwhile it is an outage."""


class ServerTooOldError(UnsupportedServerError):
    """The server is older than `OLDEST_SERVER`."""

    def __init__(self, setting: str, found: str) -> None:
        super().__init__(
            f"{setting} leads to PostgreSQL {found}; {OLDEST_SERVER // 10_000} or newer is needed"
        )


class WrongEncodingError(UnsupportedServerError):
    """The database does not store text in UTF-8."""

    def __init__(self, setting: str, found: str) -> None:
        super().__init__(
            f"{setting} leads to a database in {found}: create one with ENCODING 'UTF8' TEMPLATE template0"
        )


class SchemaOutdatedError(UnsupportedServerError):
    """A migration of this release has not been run."""

    def __init__(self, found: str | None) -> None:
        state = "there is no schema" if found is None else f"the schema is at migration {found}"
        super().__init__(f"{state}, and this release needs {SCHEMA}: run `playhead migrate`")


def require_server(connection: Connection[Any] | AsyncConnection[Any], setting: str) -> None:
    """Return if the server is new enough and its database is in UTF-8; it has said so when it was connected.

    Raises:
        ServerTooOldError: it is older than `OLDEST_SERVER`.
        WrongEncodingError: the database has another encoding.
    """
    if connection.info.server_version < OLDEST_SERVER:
        found = connection.info.parameter_status("server_version") or "of an older release"
        raise ServerTooOldError(setting, found)
    # A pooler need not pass it on.
    if (encoding := connection.info.parameter_status("server_encoding") or "UTF8") != "UTF8":
        raise WrongEncodingError(setting, encoding)


def require_schema(connection: Connection[Any]) -> None:
    """Return if the schema is that of this release, or of a later one.

    Args:
        connection: In autocommit mode.

    Raises:
        SchemaOutdatedError: it is not.
    """
    try:
        row = connection.execute(_VERSION).fetchone()
    except _NO_VERSION:
        row = None
    _require(row)


async def require_schema_async(connection: AsyncConnection[Any]) -> None:
    """Return if the schema is that of this release, like `require_schema`."""
    try:
        row = await (await connection.execute(_VERSION)).fetchone()
    except _NO_VERSION:
        row = None
    _require(row)


def _require(row: tuple[str] | None) -> None:
    found = None if row is None else row[0]
    if found is None or found < SCHEMA:
        raise SchemaOutdatedError(found)
