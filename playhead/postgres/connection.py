"""How to connect to PostgreSQL, directly or through a pooler in transaction mode.

Behind such a pooler each transaction may have another session of the server, which other clients use before
and after it. So nothing is left in a session, and nothing is expected there: no options at start-up, no
prepared statements; what a transaction needs, it sets by SET LOCAL. The one exception is the time zone,
which the server reports and poolers therefore keep for each client. `playhead migrate` makes UTC the default
of both roles, so that it is rarely set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg import AsyncConnection, Connection
from psycopg.rows import TupleRow

from playhead.postgres.server import require_server
from playhead.settings.addresses import password_of

CONNECT_SECONDS = 5
WRITER_SETTING = "PLAYHEAD_POSTGRES_DSN"
_LIVENESS = {
    "connect_timeout": CONNECT_SECONDS,
    # A server that disappears without closing the connection is noticed within 5 + 3 * 2 s when idle,
    # and after 15 s (in milliseconds) when it does not acknowledge what was sent.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
_UTC = b"SET TimeZone TO 'UTC'"


def connection_options(name: str, *, autocommit: bool = True) -> dict[str, Any]:
    """Keyword arguments for psycopg, which override what the DSN says about the same.

    Args:
        name: Shown as `application_name` in `pg_stat_activity`.
        autocommit: Whether each statement is a transaction of its own.
    """
    return {"application_name": name, "autocommit": autocommit, "prepare_threshold": None, **_LIVENESS}


def login_options(dsn: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options for one connection, with the present password of a DSN that has it apart."""
    password = password_of(dsn)
    return {**options} if password is None else {**options, "password": password}


def connect(
    dsn: str, name: str, setting: str = WRITER_SETTING, *, autocommit: bool = True
) -> Connection[TupleRow]:
    """Open a connection whose times are in UTC.

    Args:
        dsn: Address and role.
        name: Shown as `application_name` in `pg_stat_activity`.
        setting: The setting that has the address, for messages.
        autocommit: Whether each statement is a transaction of its own.

    Raises:
        psycopg.OperationalError: the server cannot be reached, refuses the connection, or is too old
            (`UnsupportedServerError`).
    """
    connection = Connection.connect(dsn, **login_options(dsn, connection_options(name)))
    try:
        require_server(connection, setting)
        if connection.info.parameter_status("TimeZone") != "UTC":
            connection.execute(_UTC)
        connection.autocommit = autocommit
    except BaseException:
        connection.close()
        raise
    return connection


async def connect_async(
    dsn: str, name: str, setting: str = WRITER_SETTING, *, autocommit: bool = True
) -> AsyncConnection[TupleRow]:
    """Open a connection for asyncio, like `connect`."""
    connection = await AsyncConnection.connect(dsn, **login_options(dsn, connection_options(name)))
    try:
        require_server(connection, setting)
        if connection.info.parameter_status("TimeZone") != "UTC":
            await connection.execute(_UTC)
        await connection.set_autocommit(autocommit)
    except BaseException:
        await connection.close()
        raise
    return connection
