"""The two roles that the services connect as. Roles belong to the server, not to one database."""

from __future__ import annotations

import logging
from collections.abc import Iterable

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from playhead.settings.addresses import password_of
from sinks.schema.errors import UnsafeRoleError

_log = logging.getLogger(__name__)

WRITER = "playhead_writer"
READER = "playhead_reader"
BATCH_BUFFERS = "64MB"
"""For the temporary tables of a batch: 10,000 states are 10 MB, and the server's default of 8 MB spills to
disk. A session takes it only once, before its first temporary table, so it is the role's."""

_CREATE = """
DO $$
BEGIN
    CREATE ROLE {role} LOGIN;
EXCEPTION
    -- the role exists, or a migration of another database on this server is creating it
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$
"""


def ensure_roles(connection: psycopg.Connection, dsns: Iterable[str]) -> None:
    """Create missing roles, let them connect, and set the passwords that the DSNs contain for them.

    Raises:
        UnsafeRoleError: an existing role bypasses row-level security.
    """
    database = sql.Identifier(connection.info.dbname)
    for name in (WRITER, READER):
        role = sql.Identifier(name)
        connection.execute(sql.SQL(_CREATE).format(role=role))
        _refuse_exempt(connection, name)
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA progress TO {}").format(role))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, role))
    connection.execute(
        sql.SQL("GRANT TEMPORARY ON DATABASE {} TO {}").format(database, sql.Identifier(WRITER))
    )
    _set_default(connection, WRITER, "temp_buffers", BATCH_BUFFERS)
    for name in (WRITER, READER):
        _set_default(connection, name, "TimeZone", "UTC")
    for dsn in dsns:
        _set_password(connection, dsn)


def _refuse_exempt(connection: psycopg.Connection, role: str) -> None:
    exempt = connection.execute(
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", (role,)
    ).fetchone()
    if exempt == (True,):
        raise UnsafeRoleError(role)


def _set_password(connection: psycopg.Connection, dsn: str) -> None:
    given = conninfo_to_dict(dsn)
    name, password = given.get("user"), password_of(dsn) or given.get("password")
    if name not in (WRITER, READER) or not isinstance(password, str):
        return
    # Hashed by the client, so that the server's log never shows the password.
    hashed = connection.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256")
    connection.execute(
        sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(name), sql.Literal(hashed.decode()))
    )


def _set_default(connection: psycopg.Connection, role: str, parameter: str, value: str) -> None:
    """Make a value the role's default, which sessions have however they are opened."""
    wanted = f"{parameter}={value}"
    found = connection.execute("SELECT rolconfig FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    if found is not None and wanted in (found[0] or ()):
        return
    alter = sql.SQL("ALTER ROLE {} SET {} = {}").format(
        sql.Identifier(role), sql.Identifier(parameter), sql.Literal(value)
    )
    try:
        with connection.transaction():
            connection.execute(alter)
    except psycopg.errors.InsufficientPrivilege:
        _log.warning("role %s: %s is best its default, which this administrator may not set", role, wanted)
