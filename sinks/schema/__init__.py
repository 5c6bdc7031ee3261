"""The schema `progress` of PostgreSQL, by alembic with hand-written SQL."""

from sinks.schema.errors import (
    MigrationError,
    PostgresTooOldError,
    PostgresUnreachableError,
    UnsafeRoleError,
)
from sinks.schema.roles import READER, WRITER
from sinks.schema.run import migrate

__all__ = [
    "READER",
    "WRITER",
    "MigrationError",
    "PostgresTooOldError",
    "PostgresUnreachableError",
    "UnsafeRoleError",
    "migrate",
]
