"""Changes of the catalogue, and the requests and rows that follow."""

from __future__ import annotations

from typing import Any

import psycopg

from sinks.rederive.rederive import Rederiver
from sinks.tables.store import Store
from tests.services import Database
from tests.sinks.author import POLICY, Item
from tests.sinks.running import Rows, finish, rows


def set_item(database: Database, content: int = 1, tenant: int = 1, **override: Any) -> None:
    """Change an item in the catalogue."""
    item = Item.of(tenant=tenant, content=content)
    columns = {"threshold": None, "evidence": None, "duration_ms": None} | override
    with psycopg.connect(database.admin_dsn) as connection:
        connection.execute(
            "INSERT INTO progress.content_items"
            " (tenant_id, content_id, title, type, threshold, evidence, duration_ms)"
            " VALUES (%(tenant)s, %(content)s, 'A', 'video', %(threshold)s, %(evidence)s, %(duration_ms)s)"
            " ON CONFLICT (tenant_id, content_id) DO UPDATE SET threshold = excluded.threshold,"
            " evidence = excluded.evidence, duration_ms = excluded.duration_ms",
            columns | {"tenant": item.tenant_id, "content": item.content_id},
        )


def requests(database: Database) -> Rows:
    return rows(database, "SELECT * FROM progress.rederivations")


def request_all(database: Database) -> None:
    rows(
        database,
        "INSERT INTO progress.rederivations SELECT tenant_id, content_id, now() FROM progress.content_items"
        " ON CONFLICT (tenant_id, content_id) DO UPDATE SET requested_at = excluded.requested_at RETURNING 1",
    )


def rederive(store: Store, settled_seconds: float = 0) -> None:
    finish(Rederiver(store, POLICY, settled_seconds))


def shown(database: Database) -> list[tuple[object, ...]]:
    found = rows(
        database,
        "SELECT status, progress_percentage, duration_ms, override"
        " FROM progress.user_progress ORDER BY content_ms",
    )
    return [tuple(row.values()) for row in found]
