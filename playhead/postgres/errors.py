"""The meaning of PostgreSQL's errors, by SQLSTATE."""

from __future__ import annotations

from psycopg import Error, InterfaceError, OperationalError

_OUTAGE_CLASSES = ("08", "40", "53", "55", "57", "58")
"""Connection lost, transaction to be repeated, out of resources, object in use or lock not obtained in time,
shut down or cancelled, failure of the system below the server."""
_READ_ONLY = "25006"
"""A standby that has not been promoted yet refuses to write."""
_REFUSAL_CLASSES = ("21", "22", "23", "54")
"""Two rows where one is expected; data out of range or malformed; a constraint; a limit of PostgreSQL itself,
such as the size of an index entry."""
_MISSING = ("3F000", "42P01", "42883")
"""A schema, a table, a function."""


def is_outage(error: Error) -> bool:
    """Whether the same statements may succeed later."""
    if error.sqlstate is None:  # the connection or its pool failed, and the server said nothing
        return isinstance(error, (OperationalError, InterfaceError))
    return error.sqlstate[:2] in _OUTAGE_CLASSES or error.sqlstate == _READ_ONLY


def is_refusal(error: Error) -> bool:
    """Whether the data itself is refused."""
    return error.sqlstate is not None and error.sqlstate[:2] in _REFUSAL_CLASSES


def is_schema_missing(error: Error) -> bool:
    """Whether the schema of this release is not there."""
    return error.sqlstate in _MISSING
