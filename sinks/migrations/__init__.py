"""The schema `progress` of PostgreSQL, by alembic with hand-written SQL."""

from sinks.migrations.errors import (
    MigrationError,
    PostgresTooOldError,
    PostgresUnreachableError,
    UnsafeRoleError,
)
from sinks.migrations.roles import READER, WRITER
from sinks.migrations.run import migrate

__all__ = [
    "READER",
    "WRITER",
    "MigrationError",
    "PostgresTooOldError",
    "PostgresUnreachableError",
    "UnsafeRoleError",
    "migrate",
]
