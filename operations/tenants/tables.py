"""The tables that hold tenants' rows, from PostgreSQL's catalogue: every one with a column `tenant_id`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow, tuple_row

from playhead.progress.identifiers import TenantId

_TABLES = """
SELECT c.relname
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
WHERE c.relnamespace = 'progress'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname
"""
KEPT_TABLES = frozenset({"audit_events", "erased_tenants"})
"""Tables whose rows stay when the tenant is erased."""
_COUNT = sql.SQL("SELECT count(*) FROM {} WHERE tenant_id = %s")
_ROWS = sql.SQL("SELECT row_to_json(t)::text FROM {} AS t WHERE tenant_id = %s")
_KEYS = sql.SQL("SELECT (to_jsonb(t) - 'secret_sha256')::text FROM {} AS t WHERE tenant_id = %s")
"""Of API keys: what is kept of their secrets leaves the database for no file."""


def tenant_tables(connection: psycopg.Connection[Any]) -> list[str]:
    """Their names; a partitioned table is one."""
    return [name for (name,) in _rows(connection, _TABLES)]


def count(connection: psycopg.Connection[Any], table: str, tenant: TenantId) -> int:
    """How many rows of the tenant a table has."""
    ((found,),) = _rows(connection, _COUNT.format(_named(table)), [tenant])
    return int(found)


def rows_to_erase(connection: psycopg.Connection[Any], tenant: TenantId) -> dict[str, int]:
    """How many rows of the tenant each table has that an erasure of the tenant empties."""
    tables = [table for table in tenant_tables(connection) if table not in KEPT_TABLES]
    return {table: count(connection, table, tenant) for table in tables}


def rows_query(table: str) -> sql.Composed:
    """Select a tenant's rows of a table, each as a JSON text."""
    return (_KEYS if table == "api_keys" else _ROWS).format(_named(table))


def _rows(
    connection: psycopg.Connection[Any], query: LiteralString | sql.Composed, values: Sequence[Any] = ()
) -> list[TupleRow]:
    return connection.cursor(row_factory=tuple_row).execute(query, values).fetchall()


def _named(table: str) -> sql.Identifier:
    return sql.Identifier("progress", table)
