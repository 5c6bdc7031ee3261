"""Connections to PostgreSQL, and the meaning of its errors.

`connection` holds the one way to connect: every connection has a name that `pg_stat_activity` shows, gives up
connecting after five seconds, notices within seconds that the server has gone, and works through a pooler in
transaction mode. `server` says which servers and which schema will do. `errors` holds the one
rule of what is an outage, which is worth another attempt, what is a refusal of the data, and what is a
missing schema. Callers translate these into errors of their own; none of them looks at an SQLSTATE.
"""

from playhead.postgres.connection import (
    CONNECT_SECONDS,
    connect,
    connect_async,
    connection_options,
    login_options,
)
from playhead.postgres.errors import is_outage, is_refusal, is_schema_missing
from playhead.postgres.server import (
    SchemaOutdatedError,
    UnsupportedServerError,
    require_schema,
    require_schema_async,
    require_server,
)

__all__ = [
    "CONNECT_SECONDS",
    "SchemaOutdatedError",
    "UnsupportedServerError",
    "connect",
    "connect_async",
    "connection_options",
    "is_outage",
    "is_refusal",
    "is_schema_missing",
    "login_options",
    "require_schema",
    "require_schema_async",
    "require_server",
]
