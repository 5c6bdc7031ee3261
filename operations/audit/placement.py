"""Find tenants whose rows are in a database that is not theirs.

A tenant without an entry in the file of databases is stored in the default one. Given a database later, it
leaves there what it had: the sinks of either database store only what comes from then on.
"""

from __future__ import annotations

from collections.abc import Iterator

from psycopg import Connection, sql
from psycopg.rows import DictRow, tuple_row

from operations.audit.finding import Finding
from operations.tenants.tables import KEPT_TABLES, tenant_tables
from playhead.progress.identifiers import TenantId
from playhead.settings import Addresses, ByTenant

# One look into the index for each tenant, however many rows it has.
_TENANTS = sql.SQL("""
WITH RECURSIVE found AS (
    (SELECT tenant_id FROM {table} ORDER BY tenant_id LIMIT 1)
    UNION ALL
    SELECT (
        SELECT t.tenant_id FROM {table} AS t WHERE t.tenant_id > f.tenant_id ORDER BY t.tenant_id LIMIT 1
    )
    FROM found AS f WHERE f.tenant_id IS NOT NULL
)
SELECT tenant_id::text FROM found WHERE tenant_id IS NOT NULL
""")


def misplaced_tenants(
    connection: Connection[DictRow], databases: ByTenant[Addresses], name: str
) -> Iterator[Finding]:
    """A finding for each tenant of another database that has rows in this one, by the tables with some."""
    tables: dict[TenantId, list[str]] = {}
    cursor = connection.cursor(row_factory=tuple_row)
    for table in tenant_tables(connection):
        if table in KEPT_TABLES:
            continue
        query = _TENANTS.format(table=sql.Identifier("progress", table))
        for (tenant,) in cursor.execute(query).fetchall():
            if not databases.has(name, tenant):
                tables.setdefault(TenantId(tenant), []).append(table)
    for tenant, found in tables.items():
        own = databases.name_of(tenant)
        detail = f"has database {own}, and rows of it are in database {name}: {', '.join(found)}"
        yield Finding("database", f"organisation {tenant}", detail)
