"""The schema `progress` of PostgreSQL: alembic revisions with hand-written SQL.

Begin with `run` (roles, then the revisions that are missing, in one transaction). `pending` lists what is
missing, `roles` creates the two roles that the services connect as, `scripts` runs a revision's SQL file, and
alembic itself loads `env`. A released revision in `versions` is never edited: a change is a new revision.
"""

from sinks.schema.errors import (
    LaterSchemaError,
    MigrationError,
    PostgresUnreachableError,
    PostgresUnsuitableError,
    SchemaBusyError,
    UnsafeRoleError,
)
from sinks.schema.roles import READER, WRITER
from sinks.schema.run import migrate

__all__ = [
    "READER",
    "WRITER",
    "LaterSchemaError",
    "MigrationError",
    "PostgresUnreachableError",
    "PostgresUnsuitableError",
    "SchemaBusyError",
    "UnsafeRoleError",
    "migrate",
]
