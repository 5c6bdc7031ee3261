"""Why the schema could not be migrated.

MigrationError
├── PostgresUnreachableError   the server is away, or the DSN is wrong
├── PostgresTooOldError        the server lacks what the SQL needs
└── UnsafeRoleError            an existing role bypasses row-level security
"""

from __future__ import annotations


class MigrationError(Exception):
    """The schema is unchanged: a migration is applied whole or not at all."""


class PostgresUnreachableError(MigrationError):
    """No connection could be made."""


class PostgresTooOldError(MigrationError):
    """Playhead needs `RETURNING old, new` and `uuidv7()`, which came with PostgreSQL 18."""

    def __init__(self, found: str) -> None:
        super().__init__(f"PostgreSQL 18 or newer is needed; this is {found}")
        self.found = found


class UnsafeRoleError(MigrationError):
    """An existing role bypasses row-level security."""

    def __init__(self, role: str) -> None:
        super().__init__(
            f"role {role} is a superuser or has BYPASSRLS, so it would see every tenant; "
            f"run: ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS"
        )
        self.role = role
