"""The tables that hold tenants' rows, from PostgreSQL's catalogue: every one with a column `tenant_id`."""

from __future__ import annotations

import psycopg
from psycopg import sql

from playhead.progress.identifiers import TenantId

_TABLES = """
SELECT c.relname
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
WHERE c.relnamespace = 'progress'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname
"""
_COUNT = sql.SQL("SELECT count(*) FROM {} WHERE tenant_id = %s")
_ROWS = sql.SQL("SELECT row_to_json(t)::text FROM {} AS t WHERE tenant_id = %s")


def tenant_tables(connection: psycopg.Connection) -> list[str]:
    """Their names; a partitioned table is one."""
    return [name for (name,) in connection.execute(_TABLES).fetchall()]


def count(connection: psycopg.Connection, table: str, tenant: TenantId) -> int:
    """How many rows of the tenant a table has."""
    (found,) = connection.execute(_COUNT.format(_named(table)), [tenant]).fetchone() or (0,)
    return int(found)


def rows_query(table: str) -> sql.Composed:
    """Select a tenant's rows of a table, each as a JSON text."""
    return _ROWS.format(_named(table))


def _named(table: str) -> sql.Identifier:
    return sql.Identifier("progress", table)
