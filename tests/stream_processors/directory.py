"""The catalogue and the erased, as administrators leave them in Postgres."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from playhead.progress import ContentId
from playhead.progress.identifiers import TenantId, UserId
from playhead.progress.policy import Override
from tests.services import Database

_ITEM = """
    INSERT INTO progress.content_items (tenant_id, content_id, title, type, threshold, evidence, duration_ms)
    VALUES (%s, %s, 'An item', 'video', %s, %s, %s)
    ON CONFLICT (tenant_id, content_id) DO UPDATE SET threshold = excluded.threshold,
        evidence = excluded.evidence, duration_ms = excluded.duration_ms, updated_at = now()
"""
_POLICY = """
    INSERT INTO progress.organisation_settings (tenant_id, threshold, evidence) VALUES (%s, %s, %s)
    ON CONFLICT (tenant_id) DO UPDATE SET
        threshold = excluded.threshold, evidence = excluded.evidence, policy_changed_at = now()
"""


@dataclass(frozen=True)
class Directory:
    """One database, written to by those who may."""

    database: Database

    @contextmanager
    def changing(self) -> Iterator[psycopg.Connection]:
        """A transaction, committed at the end."""
        with psycopg.connect(self.database.admin_dsn) as connection:
            yield connection

    def put_item(self, tenant: TenantId, content: ContentId, override: Override = Override()) -> None:
        """Have the catalogue say this of an item; nothing, by default."""
        with self.changing() as connection:
            put_item(connection, tenant, content, override)

    def set_policy(
        self, tenant: TenantId, *, threshold: float | None = None, evidence: str | None = None
    ) -> None:
        """Have an organisation set its policy."""
        with self.changing() as connection:
            connection.execute(_POLICY, [tenant, threshold, evidence])

    def erase(self, tenant: TenantId, user: UserId, at_ms: int) -> None:
        """Mark a person as erased in PostgreSQL."""
        with self.changing() as connection:
            connection.execute("DELETE FROM progress.user_progress WHERE user_id = %s", [user])
            connection.execute(
                "INSERT INTO progress.erased_people VALUES (%s, %s, to_timestamp(%s / 1000.0))",
                [tenant, user, at_ms],
            )

    def erase_tenant(self, tenant: TenantId, at_ms: int) -> None:
        """Note an organisation as erased, as `playhead erase organisation` does first."""
        with self.changing() as connection:
            connection.execute(
                "INSERT INTO progress.erased_tenants VALUES (%s, to_timestamp(%s / 1000.0))", [tenant, at_ms]
            )

    @contextmanager
    def away(self) -> Iterator[None]:
        """The database takes no connections, and closes those that are open."""
        parts = urlsplit(self.database.admin_dsn)
        name = parts.path.lstrip("/")
        allow = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS {}")
        beside = parts._replace(path="/postgres").geturl()
        with psycopg.connect(beside, autocommit=True) as connection:
            connection.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
            try:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
                )
                yield
            finally:
                connection.execute(allow.format(sql.Identifier(name), sql.SQL("true")))


def put_item(
    connection: psycopg.Connection, tenant: TenantId, content: ContentId, override: Override
) -> None:
    """Within a transaction."""
    connection.execute(_ITEM, [tenant, content, override.threshold, override.evidence, override.duration_ms])
