"""Why the schema could not be migrated.

MigrationError
├── PostgresUnreachableError   the server is away, or the DSN is wrong
├── PostgresUnsuitableError    the server is too old, or its database not in UTF-8
├── LaterSchemaError           a later release has migrated the schema
├── SchemaBusyError            other transactions hold its tables
├── IndexNotBuiltError         the revisions are applied, and an index that follows them is missing
└── UnsafeRoleError            an existing role bypasses row-level security
"""

from __future__ import annotations


class MigrationError(Exception):
    """The schema is unchanged: a migration is applied whole or not at all. Only indexes may follow later."""


class PostgresUnreachableError(MigrationError):
    """No connection could be made."""


class PostgresUnsuitableError(MigrationError):
    """The server is too old, or its database is not in UTF-8: see `playhead.postgres.server`."""


class UnsafeRoleError(MigrationError):
    """An existing role bypasses row-level security."""

    def __init__(self, role: str) -> None:
        super().__init__(
            f"role {role} is a superuser or has BYPASSRLS, so it would see every tenant; "
            f"run: ALTER ROLE {role} NOSUPERUSER NOBYPASSRLS"
        )
        self.role = role


class IndexNotBuiltError(MigrationError):
    """PostgreSQL went away while it built an index outside of a transaction, or refused it."""

    def __init__(self, name: str, cause: str) -> None:
        super().__init__(
            f"the index {name} was not built: {cause}. All revisions are applied, and services work "
            "without it; run `playhead migrate` again, which builds it again"
        )


class LaterSchemaError(MigrationError):
    """A later release has migrated the schema: this one does not know its revisions."""

    def __init__(self, found: str, newest: str) -> None:
        super().__init__(
            f"the schema is at revision {found}, of a later release than this one, which knows {newest}: "
            "run the later release's `playhead migrate`"
        )


class SchemaBusyError(MigrationError):
    """A lock was not granted for so long that the migration gave up."""

    def __init__(self, seconds: float, blockers: list[str]) -> None:
        by = "; ".join(blockers) or "transactions that have ended meanwhile"
        super().__init__(
            f"the tables were in use for {seconds:g} s, by {by}. Nothing is changed: end these sessions "
            "(SELECT pg_terminate_backend(PID)) or wait for them, and run `playhead migrate` again"
        )
