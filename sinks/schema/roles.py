"""The two roles that the services connect as. Roles belong to the server, not to one database."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from playhead.settings.addresses import password_of
from sinks.schema.errors import UnsafeRoleError

WRITER = "playhead_writer"
READER = "playhead_reader"

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
