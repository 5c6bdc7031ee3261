"""How to connect to PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg import AsyncConnection, Connection
from psycopg.rows import TupleRow

from playhead.settings.addresses import password_of

CONNECT_SECONDS = 5
_LIVENESS = {
    "connect_timeout": CONNECT_SECONDS,
    # A server that disappears without closing the connection is noticed within 5 + 3 * 2 s when idle,
    # and after 15 s (in milliseconds) when it does not acknowledge what was sent.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


def connection_options(
    name: str, *, autocommit: bool = True, settings: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Keyword arguments for psycopg, which override what the DSN says about the same.

    Args:
        name: Shown as `application_name` in `pg_stat_activity`.
        autocommit: Whether each statement is a transaction of its own.
        settings: Server settings of the session, such as `statement_timeout`.
    """
    options: dict[str, Any] = {"application_name": name, "autocommit": autocommit, **_LIVENESS}
    if settings:
        options["options"] = " ".join(f"-c {setting}={value}" for setting, value in settings.items())
    return options


def login_options(dsn: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The options for one connection, with the present password of a DSN that has it apart."""
    password = password_of(dsn)
    return {**options} if password is None else {**options, "password": password}


def connect(
    dsn: str, name: str, *, autocommit: bool = True, settings: Mapping[str, str] | None = None
) -> Connection[TupleRow]:
    """Open a connection; the arguments are those of `connection_options`.

    Raises:
        psycopg.OperationalError: the server cannot be reached, or refuses the connection.
    """
    options = connection_options(name, autocommit=autocommit, settings=settings)
    return Connection.connect(dsn, **login_options(dsn, options))


async def connect_async(
    dsn: str, name: str, *, autocommit: bool = True, settings: Mapping[str, str] | None = None
) -> AsyncConnection[TupleRow]:
    """Open a connection for asyncio, like `connect`."""
    options = connection_options(name, autocommit=autocommit, settings=settings)
    return await AsyncConnection.connect(dsn, **login_options(dsn, options))
